import { UserError } from '../../../../gen/base/errors.js';
import { decimal, type TextColumn } from '../../../../gen/base/text-table.js';
import type { EngineAreaReport } from '../../../synth/engine/measure.js';
import { pageTable } from './markdown.js';

/** Engines that are measured, by rows and columns. */
export const ENGINE_SIZES: readonly number[] = [16];

export const engineName = (size: number): string => `ant_engine_${size}x${size}`;

/** The size whose parts give the order, and whose paths are told. */
const SHOWN = 16;

/** What one report says of a part: all of its instances, and the longest path of any. */
interface Part {
  readonly gateEquivalents: number;
  readonly ps: number;
}

/** The core's own pieces, without its PEs: they are one part. */
const ARRAY = 'decoders and registers of the array';

/** Parts of an engine by their names, without the PEs. */
function partsOf({ design, modules }: EngineAreaReport): ReadonlyMap<string, Part> {
  const parts = new Map<string, Part>();
  for (const { module, label, role, total, path } of modules) {
    if (role === 'pe') continue;
    const isCore = module.startsWith(`${design}_decode_`) || label.includes(`${design}_core`);
    const own = module === design ? 'top' : module.slice(design.length + 1);
    const name = isCore ? ARRAY : label.includes('its own logic') ? `${own}, its own logic` : own;
    const before = parts.get(name) ?? { gateEquivalents: 0, ps: 0 };
    parts.set(name, {
      gateEquivalents: before.gateEquivalents + total.gateEquivalents,
      ps: Math.max(before.ps, path.kind === 'delay' ? path.buffered.ps : 0),
    });
  }
  return parts;
}

/** Reports of all sizes with one library after the other. */
type Reports = readonly EngineAreaReport[];

const columnsOf = (libraries: readonly string[]) =>
  libraries.flatMap((library) => ENGINE_SIZES.map((size) => ({ library, size })));

function reportOf(reports: Reports, libraries: readonly string[], library: string, size: number): EngineAreaReport {
  const report = reports[columnsOf(libraries).findIndex((each) => each.library === library && each.size === size)];
  if (report?.design !== engineName(size)) throw new UserError(`there is no report of ${engineName(size)}`);
  return report;
}

/** Names of the parts, the largest first. */
function partNames(reports: Reports, libraries: readonly string[]): string[] {
  const parts = partsOf(reportOf(reports, libraries, libraries[0] ?? '', SHOWN));
  return [...parts].sort(([, x], [, y]) => y.gateEquivalents - x.gateEquivalents).map(([name]) => name);
}

/** Gate equivalents of all parts, a column for each size and library. */
export function engineAreas(reports: Reports, libraries: readonly string[]): string {
  interface Row {
    readonly name: string;
    readonly value: (report: EngineAreaReport) => number;
  }
  const rows: readonly Row[] = [
    ...partNames(reports, libraries).map((name) => ({
      name: name.includes(' ') ? name : `\`${name}\``,
      value: (report: EngineAreaReport) => partsOf(report).get(name)?.gateEquivalents ?? 0,
    })),
    { name: '**neither PE nor memory**', value: ({ others }) => others },
    { name: 'PEs', value: ({ pes }) => pes },
  ];
  const columns: readonly TextColumn<Row>[] = [
    { title: 'part', left: true, text: ({ name }) => name },
    ...columnsOf(libraries).map(({ library, size }) => ({
      title: `${size} x ${size}, ${library}`,
      text: ({ value }: Row) => decimal(value(reportOf(reports, libraries, library, size))),
    })),
  ];
  return pageTable(columns, rows);
}

/** Critical paths of all parts of an engine, a column for each library. */
export function enginePaths(reports: Reports, libraries: readonly string[]): string {
  const paths = libraries.map((library) => partsOf(reportOf(reports, libraries, library, SHOWN)));
  const psOf = (name: string, i: number): number => paths[i]?.get(name)?.ps ?? 0;
  const names = partNames(reports, libraries)
    .filter((name) => psOf(name, 0) > 0)
    .sort((x, y) => psOf(y, 0) - psOf(x, 0));
  return pageTable<string>(
    [
      { title: 'part', left: true, text: (name) => (name.includes(' ') ? name : `\`${name}\``) },
      ...libraries.map((library, i) => ({
        title: `${library}, ps`,
        text: (name: string) => decimal(psOf(name, i)),
      })),
    ],
    names,
  );
}
