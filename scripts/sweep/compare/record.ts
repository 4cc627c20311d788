import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { UserError } from '../../../gen/base/errors.js';
import { withLanes } from './designs.js';

/** An area may grow by this part of the recorded one: releases of Yosys differ by as much on small modules. */
export const TOLERANCE = 0.03;

const MEASURED = z.object({ pe: z.number(), decoder: z.number(), core: z.number() });
const RECORD = z.object({
  size: z.number(),
  optionsSize: z.number(),
  tool: z.object({ version: z.string(), build: z.string() }),
  library: z.object({ name: z.string(), sha256: z.string() }).nullable(),
  kinds: z
    .array(z.object({ kind: z.string(), lanes: z.number(), measured: MEASURED }))
    .min(1)
    .readonly(),
  options: z.array(z.object({ option: z.string(), without: MEASURED, having: MEASURED })).readonly(),
});

/** What a check needs of an earlier report. */
export type ComparisonRecord = z.infer<typeof RECORD>;

/** A report that `--record` or `--json` wrote. @throws UserError when it cannot be read or is none. */
export function readRecord(file: string): ComparisonRecord {
  let content: unknown;
  try {
    content = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`--check: cannot read ${file}: ${(error as Error).message}`);
  }
  const { success, data } = RECORD.safeParse(content);
  if (!success) throw new UserError(`--check: ${file} is no report of npm run area -- --compare; --record writes one`);
  return data;
}

/** Names of the kinds and options in a record. */
export function recordedNames({ kinds, options }: ComparisonRecord): string[] {
  return [...new Set(kinds.map(({ kind }) => kind)), ...options.map(({ option }) => option)];
}

/** Lanes of the PEs in a record. */
export const recordedLanes = ({ kinds }: ComparisonRecord): number[] => [...new Set(kinds.map(({ lanes }) => lanes))];

/** What a check found. */
type CheckResult = ReturnType<typeof checkAgainst>;

/** The areas of a record that were measured anew, both ways. */
export function checkAgainst(record: ComparisonRecord, fresh: Pick<ComparisonRecord, 'kinds' | 'options'>) {
  const nameOf = ({ kind, lanes }: ComparisonRecord['kinds'][number]): string => withLanes(kind, lanes);
  const kinds = new Map(fresh.kinds.map((row) => [nameOf(row), row.measured]));
  const options = new Map(fresh.options.map((row) => [row.option, row]));
  const changes = [
    ...record.kinds.flatMap((row) => changesOf(nameOf(row), row.measured, kinds.get(nameOf(row)))),
    ...record.options.flatMap(({ option, without, having }) => [
      ...changesOf(`${option}, without`, without, options.get(option)?.without),
      ...changesOf(option, having, options.get(option)?.having),
    ]),
  ];
  return {
    tolerance: TOLERANCE,
    compared: changes.length,
    /** Areas that grew by more than the tolerance. */
    grown: changes.filter(({ recorded, measured }) => measured > recorded * (1 + TOLERANCE)),
    /** Those that shrank by more than that: better, and a reason to record anew. */
    shrunk: changes.filter(({ recorded, measured }) => measured < recorded * (1 - TOLERANCE)),
  };
}

type Areas = z.infer<typeof MEASURED>;

/** Areas of a design as recorded and as measured, in gate equivalents; none where it was not measured. */
function changesOf(name: string, recorded: Areas, measured: Areas | undefined) {
  if (measured === undefined) return [];
  return (['pe', 'decoder', 'core'] as const).map((part) => ({
    what: `${name}: ${part === 'pe' ? 'PE' : part}`,
    recorded: recorded[part],
    measured: measured[part],
  }));
}

/** The result for a terminal. */
export function checkText({ tolerance, compared, grown, shrunk }: CheckResult): string {
  const ge = (value: number): string => value.toFixed(1);
  const lines = (changes: CheckResult['grown']): string[] =>
    changes.map(({ what, recorded, measured }) => {
      const change = recorded > 0 ? `, ${(100 * (measured / recorded - 1)).toFixed(1)} %` : '';
      return `  ${what}: ${ge(measured)} GE, recorded ${ge(recorded)}${change}`;
    });
  const percent = `${100 * tolerance} %`;
  return [
    `${compared} areas compared, ${grown.length} grew by more than ${percent}, ${shrunk.length} shrank by more than that`,
    ...(grown.length > 0 ? ['grew:', ...lines(grown)] : []),
    ...(shrunk.length > 0 ? ['shrank (record them anew with --record):', ...lines(shrunk)] : []),
    '',
  ].join('\n');
}
