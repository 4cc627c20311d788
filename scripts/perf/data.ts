import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseYaml } from 'yaml';
import { z } from 'zod';
import { UserError } from '../../gen/base/errors.js';
import { ACCELERATOR, type Accelerator, ENGINE_ACCELERATOR, engineAccelerator, MEMORY } from './accelerator.js';
import { FIGURE_ROWS, type PublishedFigures } from './comparison.js';
import type { BitLists } from './layers.js';
import {
  accelerators,
  COSTS,
  type Costs,
  ENERGIES,
  type Energies,
  OWN_ACCELERATOR,
  type OwnAccelerator,
} from './own.js';

const MODELS = fileURLToPath(new URL('../../models/', import.meta.url));

/** The accelerators of the published comparison, in its order; the last is the one others are measured by. */
const COMPARED = ['ant-os', 'ant-ws', 'bitfusion', 'olaccel', 'biscaled', 'adafloat'];

/** The accelerators of the published comparison. */
export const comparedAccelerators = (): Accelerator[] =>
  COMPARED.map((name) => readAccelerator(join(MODELS, 'accelerators', `${name}.yaml`)));

/** An accelerator described in a YAML or JSON file; `memory` may be the name of a file beside it. */
export function readAccelerator(file: string): Accelerator {
  const content = withMemory(file);
  const what = 'describes no accelerator';
  return isObject(content) && 'engine' in content
    ? engineAccelerator(checked(ENGINE_ACCELERATOR, content, file, what))
    : checked(ACCELERATOR, content, file, what);
}

/** Buffers and DRAM that a file describes; those of the published comparison without. */
export const readMemory = (file = join(MODELS, 'accelerators', 'memory-28nm.yaml')): z.output<typeof MEMORY> =>
  checked(MEMORY, readData(file), file, 'describes no memory');

/** This project's engine, as models/accelerators/engine.yaml describes it. */
export const describedEngine = (): Accelerator => readAccelerator(join(MODELS, 'accelerators', 'engine.yaml'));

/** A description with its memory read in. */
function withMemory(file: string): unknown {
  const content = readData(file);
  return isObject(content) && typeof content.memory === 'string'
    ? { ...content, memory: readData(join(dirname(file), content.memory)) }
    : content;
}

/** Descriptions of this project's own designs as accelerators, in the order of their comparison. */
const OWN = ['ant-os', 'ant-ws', 'int48', 'int8', 'int6', 'bi6', 'float8'];

/** This project's own designs as accelerators, each with PEs of one lane before those of several. */
export const ownDescriptions = (): OwnAccelerator[] =>
  OWN.flatMap((name) => {
    const file = join(MODELS, 'accelerators', 'own', `${name}.yaml`);
    return accelerators(checked(OWN_ACCELERATOR, withMemory(file), file, 'describes no accelerator'));
  });

/** Where the measured costs of the own designs lie. */
export const COSTS_FILE = join(MODELS, 'accelerators', 'own', 'costs.json');

export const readCosts = (file: string): Costs => checked(COSTS, readData(file), file, 'holds no measured costs');

export const readEnergies = (file: string): Energies =>
  checked(ENERGIES, readData(file), file, 'holds no energies per MAC');

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** @throws UserError when the file cannot be read, or is neither YAML nor JSON. */
export function readData(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
  try {
    return file.endsWith('.json') ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    throw new UserError(
      `${file} is not valid ${file.endsWith('.json') ? 'JSON' : 'YAML'}: ${(error as Error).message}`,
    );
  }
}

/** @throws UserError that lists all that is wrong, each with its place. */
export function checked<S extends z.ZodType>(schema: S, content: unknown, file: string, what: string): z.output<S> {
  const result = schema.safeParse(content);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `  ${path.join('.') || 'the whole'}: ${message}`);
  throw new UserError(`${file} ${what}:\n${problems.join('\n')}`);
}

const figures = z.record(z.string(), z.record(z.string(), z.string()));

/** The printed figures of the comparison. */
export function publishedFigures(): PublishedFigures {
  const file = join(MODELS, 'comparison', 'published.yaml');
  return checked(z.record(z.enum(FIGURE_ROWS), figures), readData(file), file, 'holds no figures');
}

/** The bit widths of the comparison. */
export function bitLists(): BitLists {
  const file = join(MODELS, 'comparison', 'bits.yaml');
  const list = z.string().regex(/^[-0-9]+$/, 'must be one digit or - per layer');
  return checked(z.record(z.string(), z.record(z.string(), list)), readData(file), file, 'holds no bit widths');
}

/** Whether a word on the command line was meant for a file. */
export const isFileName = (what: string): boolean => /[./]/.test(what);
