import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parse as parseYaml } from 'yaml';
import { UserError } from '../errors.js';
import { PARAMETER_KEYS, type ParameterKey } from './parameters.js';

/** A configuration as given, not yet validated. */
export type RawConfiguration = Record<string, unknown>;

const LISTS: readonly ParameterKey[] = ['activations', 'weights', 'wideActivations', 'wideWeights'];

/**
 * The configuration of a file (JSON or YAML) with flags laid over it: flags win.
 *
 * @param flags Parameter values as the command line gives them, all text.
 * @throws UserError when the file cannot be read or parsed.
 */
export function parseConfiguration(flags: Readonly<Record<string, unknown>>, file?: string): RawConfiguration {
  const fromFile = file === undefined ? {} : readConfigurationFile(file);
  const fromFlags = PARAMETER_KEYS.filter((key) => flags[key] !== undefined).map((key) => [
    key,
    fromText(key, flags[key]),
  ]);
  return { ...fromFile, ...Object.fromEntries(fromFlags) };
}

function fromText(key: ParameterKey, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (LISTS.includes(key)) return value.split(/[\s,]+/).filter((entry) => entry !== '');
  return key !== 'name' && /^[+-]?\d+(\.\d+)?(e\d+)?$/i.test(value) ? Number(value) : value;
}

function readConfigurationFile(file: string): RawConfiguration {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read the configuration file ${file}: ${(error as Error).message}`);
  }
  if (!['.json', '.yaml', '.yml'].includes(extname(file))) {
    throw new UserError(`${file}: a configuration file ends in .json, .yaml or .yml`);
  }
  let content: unknown;
  try {
    content = extname(file) === '.json' ? JSON.parse(text) : parseYaml(text);
  } catch (error) {
    throw new UserError(`${file} is not valid ${extname(file).slice(1)}: ${(error as Error).message}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UserError(`${file} must hold one object with the parameters of a design`);
  }
  const { $schema: _, ...parameters } = content as RawConfiguration;
  return parameters;
}
