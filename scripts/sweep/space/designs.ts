import { z } from 'zod';
import {
  ENGINE_KEYS,
  ENGINE_PARAMETERS,
  type EngineConfiguration,
  engineCommand,
  isEngine,
  validateEngine,
} from '../../../gen/config/engine.js';
import { reproduceCommand } from '../../../gen/config/identity.js';
import {
  type Configuration,
  type Declaration,
  metaOf,
  PARAMETER_KEYS,
  PARAMETERS,
} from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { renderEngine } from '../../../gen/design/engine/generate.js';
import { renderAll } from '../../../gen/design/generate.js';
import { writeDesign } from '../../../gen/design/write.js';
import { type Design, elaborate } from '../../../gen/rtl/design.js';
import { type EngineDesign, elaborateEngine } from '../../../gen/rtl/engine/engine.js';
import type { NameFacts, Values } from './expression.js';
import type { Value } from './operators.js';

/** A design of a point, elaborated. */
export type SpaceDesign =
  | { readonly kind: 'array'; readonly configuration: Configuration; readonly design: Design }
  | { readonly kind: 'engine'; readonly configuration: EngineConfiguration; readonly design: EngineDesign };

/** The name of all designs that are measured: modules that several share are then the same to the letter. */
const NAME = 'ant';

/** A kind of design: its parameters. */
export interface DesignKind {
  readonly title: string;
  readonly keys: readonly string[];
  readonly schema: Readonly<Record<string, z.ZodType>>;
}

const ARRAY: DesignKind = { title: 'a design', keys: PARAMETER_KEYS, schema: PARAMETERS.shape };
const ENGINE: DesignKind = { title: 'an engine', keys: ENGINE_KEYS, schema: ENGINE_PARAMETERS.shape };

/** The kind of design that a study's fixed parameters name: `engine: true`, or else an array or dot-product units. */
export const kindOf = (fixed: RawConfiguration): DesignKind => (isEngine(fixed) ? ENGINE : ARRAY);

/**
 * The design of some parameters.
 *
 * @throws ConfigurationError naming every problem at once.
 */
export function designOf(raw: RawConfiguration): SpaceDesign {
  const named = { ...raw, name: NAME };
  if (isEngine(raw)) {
    const configuration = validateEngine(named);
    return { kind: 'engine', configuration, design: elaborateEngine(configuration) };
  }
  const configuration = validateConfiguration(named);
  return { kind: 'array', configuration, design: elaborate(configuration) };
}

/** A design without its name, on which nothing that is measured depends. */
export function parametersOf({ configuration: { name: _, ...parameters } }: SpaceDesign): RawConfiguration {
  return parameters;
}

/** The command that generates the design, by its default name. */
export function commandOf(space: SpaceDesign): string {
  if (space.kind === 'engine') return engineCommand(validateEngine(parametersOf(space)));
  return reproduceCommand(validateConfiguration(parametersOf(space)));
}

/** Writes a design to a folder of its own. */
export function writeSpaceDesign(space: SpaceDesign, folder: string): void {
  const { configuration } = space;
  const files = space.kind === 'engine' ? renderEngine(space.design) : renderAll(space.design);
  writeDesign(folder, files, { configuration, replace: true });
}

/** Products that a design adds up in a cycle. */
export function macsPerCycle({ kind, design }: SpaceDesign): number {
  if (kind === 'array') return design.timing.macsPerCycle;
  const { rows, cols, lanes } = design.machine;
  return rows * cols * lanes;
}

/** What is known of parameters as names of expressions. */
export function parameterFacts({ keys, schema }: DesignKind): Map<string, NameFacts> {
  const known = keys.filter((key) => key !== 'name' && key !== 'engine');
  return new Map(known.map((key) => [key, factsOf(schema[key] as z.ZodType & Declaration)]));
}

function factsOf(schema: z.ZodType & Declaration): NameFacts {
  const { fallback, values } = metaOf(schema);
  if (typeof fallback === 'boolean') return { kind: 'condition' };
  if (Array.isArray(fallback)) return { kind: 'list', words: wordsOf(schema) };
  if (typeof fallback !== 'number') return { kind: 'word', ...(values.length > 0 && { words: values }) };
  const { minimum, maximum } = z.toJSONSchema(schema);
  return { kind: 'number', range: { least: minimum ?? 0, most: maximum ?? Number.POSITIVE_INFINITY } };
}

function wordsOf(schema: z.ZodType): readonly string[] {
  const { items } = z.toJSONSchema(schema, { io: 'input' });
  return typeof items === 'object' && !Array.isArray(items) ? (items.enum ?? []).map(String) : [];
}

/** The values of parameters as expressions read them. */
export function parameterValues(facts: ReadonlyMap<string, NameFacts>, parameters: RawConfiguration): Values {
  const evaluated = (key: string, { kind }: NameFacts): Value =>
    kind === 'word' ? String(parameters[key]) : (parameters[key] as Value);
  return new Map([...facts].map(([key, fact]) => [key, evaluated(key, fact)]));
}

/** The defaults of parameters, as far as they do not depend on others. */
export const defaultsOf = ({ keys, schema }: DesignKind): RawConfiguration =>
  Object.fromEntries(keys.map((key) => [key, metaOf(schema[key] as z.ZodType & Declaration).fallback]));
