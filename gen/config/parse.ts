import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { parseAllDocuments, parseDocument } from 'yaml';
import { UserError } from '../base/errors.js';
import { LIST_KEYS, type ParameterKey } from './parameters.js';
import type { RawConfiguration } from './raw.js';

const WIDE: readonly string[] = ['wideActivations', 'wideWeights'] satisfies ParameterKey[];

/** Parameters that are a list of types, those of requantisers, too. */
const LISTS: readonly string[] = [...LIST_KEYS, 'types'];

/**
 * The configuration of a file (JSON or YAML) with flags laid over it: flags win.
 *
 * @param flags Parameter values as the command line gives them, all text.
 * @throws UserError when the file cannot be read or parsed.
 */
export function parseConfiguration(flags: Readonly<Record<string, unknown>>, file?: string): RawConfiguration {
  const fromFile = file === undefined ? {} : readConfigurationFile(file);
  const given = Object.entries(flags).filter(([, value]) => value !== undefined);
  const fromFlags = given.map(([key, value]) => [key, fromText(key, value)]);
  return { ...fromFile, ...Object.fromEntries(fromFlags) };
}

/** A list of types as text, `none` being an empty one where lists may be empty. */
function listFromText(key: string, text: string): string[] {
  if (WIDE.includes(key) && text.trim() === 'none') return [];
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** Parameters of a file, in which a list may also be text, as on the command line. */
export const withLists = (parameters: RawConfiguration): RawConfiguration =>
  Object.fromEntries(
    Object.entries(parameters).map(([key, value]) => [
      key,
      LISTS.includes(key) && typeof value === 'string' ? listFromText(key, value) : value,
    ]),
  );

function fromText(key: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (LISTS.includes(key)) return listFromText(key, value);
  return key !== 'name' && /^[+-]?\d+(\.\d+)?(e\d+)?$/i.test(value) ? Number(value) : value;
}

/** What stands for standard input in place of a file. */
const STANDARD_INPUT = '-';

/** A configuration file as messages call it. */
export const fileTitle = (file: string): string => (file === STANDARD_INPUT ? 'standard input' : file);

/** JSON, or YAML, of which JSON is a part. */
type Syntax = 'json' | 'yaml';

function readConfigurationFile(file: string): RawConfiguration {
  const title = fileTitle(file);
  const syntax = syntaxOf(file);
  const text = readText(file);
  let content: unknown;
  try {
    content = syntax === 'json' ? parseJsonText(text) : parseYamlText(text);
  } catch (error) {
    throw new UserError(`${title} is not valid ${syntax}: ${(error as Error).message}`);
  }
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    throw new UserError(`${title} must hold one object with the parameters of a design`);
  }
  const { $schema: _, ...parameters } = content as RawConfiguration;
  return withLists(parameters);
}

function readText(file: string): string {
  try {
    return readFileSync(file === STANDARD_INPUT ? process.stdin.fd : file, 'utf8');
  } catch (error) {
    throw new UserError(`cannot read the configuration file ${fileTitle(file)}: ${(error as Error).message}`);
  }
}

function syntaxOf(file: string): Syntax {
  if (file === STANDARD_INPUT) return 'yaml';
  const ending = extname(file);
  if (ending === '.json') return 'json';
  if (ending === '.yaml' || ending === '.yml') return 'yaml';
  throw new UserError(`${file}: a configuration file ends in .json, .yaml or .yml; - is standard input`);
}

/** JSON.parse takes the last of several values of a key; the parser of YAML, which JSON is, names the key. */
function parseJsonText(text: string): unknown {
  const content: unknown = JSON.parse(text);
  const twice = parseDocument(text).errors.find(({ code }) => code === 'DUPLICATE_KEY');
  if (twice !== undefined) throw twice;
  return content;
}

/** The one document of a YAML text. */
function parseYamlText(text: string): unknown {
  const documents = parseAllDocuments(text);
  if (documents.length > 1)
    throw new Error(`it holds ${documents.length} documents, separated by ---; give one design a file`);
  const document = documents[0];
  if (document === undefined) return undefined;
  const [problem] = document.errors;
  if (problem) throw problem;
  return document.toJS();
}
