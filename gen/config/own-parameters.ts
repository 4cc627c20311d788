import { createHash } from 'node:crypto';
import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { ConfigurationError, type Problem } from '../base/errors.js';
import { nearWord } from '../base/suggest.js';
import { type Declaration, flagOf, metaOf, type ParameterMeta } from './parameters.js';
import type { RawConfiguration } from './raw.js';
import { show } from './show.js';
import { nearestTypeName } from './validate.js';

/** A kind of design that has parameters of its own, all declared with the functions of `parameters.ts`, `name` among them. */
export interface OwnKind<Shape extends z.ZodRawShape> {
  readonly parameters: z.ZodObject<Shape>;
  /** As messages call it, such as `a requantiser`. */
  readonly title: string;
  /** The parameter that chooses it, and the option that does. */
  readonly chosenBy: { readonly key: string; readonly option: string };
  /** What a list of types may hold, by its parameter, and what is said of others. */
  readonly types: Readonly<Record<string, { readonly known: readonly string[]; readonly rule: string }>>;
  /** Parameters that name and command tell in any case. */
  readonly size: readonly string[];
  readonly nameOf: (config: Readonly<Record<string, unknown>>) => string;
}

type Output<Shape extends z.ZodRawShape> = z.output<z.ZodObject<Shape>>;
type Complete<Shape extends z.ZodRawShape> = Omit<Output<Shape>, 'name'> & { readonly name: string };

/** What is told of parameters. */
export interface OwnTexts<Key extends string> {
  readonly meta: (key: Key) => ParameterMeta;
  /** The flag and the description of a parameter, as `--help` shows them. */
  readonly option: (key: Key) => [flags: string, description: string];
  /** The default of a parameter as text. */
  readonly defaultText: (key: Key) => string;
}

/** What follows from the declaration of such parameters. */
export interface OwnParameters<Shape extends z.ZodRawShape> extends OwnTexts<keyof Shape & string> {
  /** In the order of their declaration. */
  readonly keys: readonly (keyof Shape & string)[];
  /** With defaults filled in. @throws ConfigurationError naming every problem at once. */
  readonly validate: (raw: RawConfiguration, rules: (config: Complete<Shape>) => Problem[]) => Complete<Shape>;
  /** The sha256 of the parameters as JSON, in the order of their declaration. */
  readonly hash: (config: Complete<Shape>) => string;
  /** The command that generates the design anew; a name that is not there is the default. */
  readonly command: (config: Complete<Shape>) => string;
}

const same = (x: unknown, y: unknown): boolean => JSON.stringify(x) === JSON.stringify(y);
const hashOf = (content: unknown): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');
const listed = (value: unknown): string => (Array.isArray(value) ? value.join(',') : String(value));

export function ownParameters<Shape extends z.ZodRawShape>(kind: OwnKind<Shape>): OwnParameters<Shape> {
  const { parameters, title, chosenBy, types, size, nameOf } = kind;
  type Key = keyof Shape & string;
  const keys = Object.keys(parameters.shape) as Key[];
  const meta = (key: Key): ParameterMeta => metaOf(parameters.shape[key] as unknown as Declaration);

  /** The size, and the beginning of a hash where other parameters are not at their defaults. */
  const defaultName = (config: Readonly<Record<string, unknown>>): string => {
    const said = ['name', chosenBy.key, ...size];
    const open = keys.filter((key) => !said.includes(key) && !same(config[key], meta(key).fallback));
    const name = nameOf(config);
    return open.length === 0 ? name : `${name}_${hashOf(open.map((key) => [key, config[key]])).slice(0, 6)}`;
  };

  const nearestValue = (key: Key, given: unknown): string | undefined => {
    const { values, fallback, powers } = meta(key);
    if (key === 'name') return undefined;
    if (values.length > 0) return closest(String(given), values);
    const schema = z.toJSONSchema(parameters.shape[key] as unknown as z.ZodType);
    const { minimum, maximum } = (schema.anyOf ?? [schema]).find(({ type }) => type === 'integer') ?? {};
    const number = Number(given);
    if (minimum === undefined || maximum === undefined || given === null || !Number.isFinite(number)) {
      return listed(fallback);
    }
    const clamped = Math.min(Math.max(Math.round(number), minimum), maximum);
    return String(powers ? 2 ** Math.round(Math.log2(clamped)) : clamped);
  };

  const problemsOf = (issue: z.core.$ZodIssue, raw: RawConfiguration): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => {
        const nearest = nearWord(key, keys);
        const rule = `is not a parameter of ${title}; --help lists them`;
        return { key, given: show(raw[key]), rule, ...(nearest === undefined ? {} : { nearest }) };
      });
    }
    const key = issue.path[0] as Key;
    const given = raw[key];
    const list = types[key];
    if (list && Array.isArray(given) && issue.path.length === 2) {
      const type = String(given[issue.path[1] as number]);
      return [{ key, given: show(type), rule: list.rule, nearest: nearestTypeName(type, list.known) }];
    }
    const nearest = nearestValue(key, given);
    return [{ key, given: show(given), rule: meta(key).rule, ...(nearest === undefined ? {} : { nearest }) }];
  };

  return {
    ...{ keys, meta },
    validate: (raw, rules) => {
      const result = parameters.safeParse(raw);
      if (!result.success) throw new ConfigurationError(result.error.issues.flatMap((issue) => problemsOf(issue, raw)));
      const { name = defaultName(result.data), ...rest } = result.data as Record<string, unknown>;
      const config = { ...rest, name } as unknown as Complete<Shape>;
      const problems = rules(config);
      if (problems.length > 0) throw new ConfigurationError(problems);
      return config;
    },
    hash: (config) => {
      const values = config as Readonly<Record<string, unknown>>;
      return hashOf(Object.fromEntries(keys.map((key) => [key, values[key]])));
    },
    command: (config) => {
      const values = config as Readonly<Record<string, unknown>>;
      const isDefault = (key: Key): boolean =>
        key === 'name'
          ? [undefined, defaultName(values)].includes(values[key] as string)
          : same(values[key], meta(key).fallback);
      const told = keys.filter((key) => key !== chosenBy.key && (size.includes(key) || !isDefault(key)));
      const flags = told.map((key) => `${flagOf(key)} ${listed(values[key])}`);
      return ['npm run gen --', chosenBy.option, ...flags].join(' ');
    },
    option: (key) => {
      const { description, placeholder, fallback } = meta(key);
      return [`${flagOf(key)} ${placeholder}`.trimEnd(), `${description} (default: ${listed(fallback ?? '')})`];
    },
    defaultText: (key) => listed(meta(key).fallback ?? ''),
  };
}
