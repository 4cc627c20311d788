import { groupBy } from '../../../gen/base/group.js';
import { percent, type TextColumn, tableLines } from '../../../gen/base/text-table.js';
import type { ModuleCoverage, Reached } from './modules.js';
import type { CoveragePoint } from './points.js';

/** The coverage of a design. */
export interface DesignCoverage {
  readonly name: string;
  readonly folder: string;
  readonly modules: readonly ModuleCoverage[];
}

const share = ({ reached, all }: Reached): string =>
  all === 0 ? '-' : `${reached} of ${all}  ${percent(reached / all).padStart(7)}`;

/** A row of the table. */
interface Row extends Pick<ModuleCoverage, 'module' | 'lines' | 'bits'> {
  readonly constants: number;
}

const COLUMNS: readonly TextColumn<Row>[] = [
  { title: '', left: true, text: ({ module }) => module },
  { title: 'lines and branches that ran', text: ({ lines }) => share(lines) },
  { title: 'bits that changed', text: ({ bits }) => share(bits) },
  { title: 'constant', text: ({ constants }) => `${constants}` },
];

/** A table per design, and what was not reached. */
export const coverageLines = (designs: readonly DesignCoverage[]): string[] => designs.flatMap(designLines);

function designLines({ name, folder, modules }: DesignCoverage): string[] {
  const sum = (kind: 'lines' | 'bits'): Reached => ({
    reached: modules.reduce((total, module) => total + module[kind].reached, 0),
    all: modules.reduce((total, module) => total + module[kind].all, 0),
  });
  const missed = modules.flatMap(({ file, missed: points }) =>
    missedNames(points).map((text) => `not covered  ${folder}/${file}:${text}`),
  );
  const rows: Row[] = modules.map((module) => ({ ...module, constants: module.constant.length }));
  const constants = rows.reduce((total, row) => total + row.constants, 0);
  const all: Row = { module: 'all', lines: sum('lines'), bits: sum('bits'), constants };
  return ['', `coverage of ${name}`, ...tableLines(COLUMNS, [...rows, all]), '', ...missed];
}

/** Points as `line: name`, the bits of a signal together. */
function missedNames(points: readonly CoveragePoint[]): string[] {
  const signals = groupBy(points, ({ line, name, kind }) =>
    kind === 'line' ? `${line}: ${name}` : `${line}: ${name.replace(/\[\d+\]$/, '')}`,
  );
  return [...signals].map(([signal, some]) => {
    const bits = some.flatMap(({ name, kind }) => (kind === 'bit' ? (/\[(\d+)\]$/.exec(name)?.[1] ?? []) : []));
    return bits.length === 0 ? signal : `${signal}[${ranges(bits.map(Number))}]`;
  });
}

/** Numbers as ranges, the highest first: `7:4,1`. */
function ranges(numbers: readonly number[]): string {
  const runs: [high: number, low: number][] = [];
  for (const number of numbers.toSorted((x, y) => y - x)) {
    const last = runs.at(-1);
    if (last && last[1] === number + 1) last[1] = number;
    else runs.push([number, number]);
  }
  return runs.map(([high, low]) => (high === low ? `${high}` : `${high}:${low}`)).join(',');
}
