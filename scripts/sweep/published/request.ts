import { FlagReader } from '../../../gen/base/flag-reader.js';
import { publishedCircuits } from './circuits.js';
import { type OwnDesign, ownDesigns } from './own.js';
import { requireSources } from './read.js';
import type { PublishedCircuit } from './source.js';

/** Options of `npm run published` as the command line gives them. */
export interface PublishedFlags {
  readonly sources?: string;
  readonly size: string;
  readonly only?: string;
}

/** What to measure. */
export interface PublishedRequest {
  /** Of the sources. */
  readonly folder: string;
  /** Rows, and columns, of arrays. */
  readonly size: number;
  readonly circuits: readonly PublishedCircuit[];
  readonly own: readonly OwnDesign[];
}

export const DEFAULT_SIZE = '8';
const LARGEST = 16;

/** All circuits, those of this project first. */
export const listed = (size: number) => [
  ...ownDesigns(size).map(({ name, what }) => ({ name, description: what })),
  ...publishedCircuits(size).map(({ name, what, source }) => ({ name, description: `${source.repository}: ${what}` })),
];

const NAMES = listed(Number(DEFAULT_SIZE)).map(({ name }) => name);

/**
 * The request that flags describe.
 *
 * @throws UserError naming every problem, or every file of the sources that is not there.
 */
export function requestOf({ sources, size: sizeText, only }: PublishedFlags): PublishedRequest {
  const reader = new FlagReader();
  const size = reader.integer('--size', sizeText, { least: 2, most: LARGEST });
  const names = reader.only(only, NAMES, 'circuit');
  if (sources === undefined) {
    reader.problems.push({ key: '--sources', rule: 'must be given: the folder of the published sources' });
  }
  reader.end();
  const circuits = publishedCircuits(size).filter(({ name }) => names.includes(name));
  const folder = sources ?? '';
  requireSources(
    folder,
    circuits.map(({ source }) => source),
  );
  return { folder, size, circuits, own: ownDesigns(size).filter(({ name }) => names.includes(name)) };
}

/** The command that measures the same, without the options that stand for the tools. */
export function selectionCommand({ size, circuits, own }: PublishedRequest): string {
  const names = [...own, ...circuits].map(({ name }) => name);
  return [
    'npm run published -- --sources FOLDER',
    ...(String(size) === DEFAULT_SIZE ? [] : [`--size ${size}`]),
    ...(names.length === NAMES.length ? [] : [`--only ${names.join(',')}`]),
  ].join(' ');
}
