import { UserError } from '../../../../gen/base/errors.js';
import { decimal, markdownLines, type TextColumn } from '../../../../gen/base/text-table.js';
import { renderText } from '../../../synth/render.js';
import type { AreaReport } from '../../../synth/report.js';
import type { VariantRow, VariantsReport } from '../../variants/report.js';
import { textBlock } from './figure.js';
import { growth } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** A table, and how the netlists were checked that it comes from. */
const table = <Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  proofs: Parameters<typeof netlistsLine>[0],
): string => [...markdownLines(columns, rows), '', netlistsLine(proofs)].join('\n');

/** A report of areas as the program prints it, the proofs in a line: their times are others on every machine. */
export function areaText({ proof, ...report }: AreaReport): string {
  return `${textBlock(renderText(report))}\n\n${netlistsLine([proof])}`;
}

/** A dot-product design: the options that make it, and what it costs. */
export interface DotRow {
  readonly options: string;
  readonly report: AreaReport;
}

/** Areas of dot-product units, in gate equivalents. */
export function dotTable(rows: readonly DotRow[]): string {
  const perLane = ({ perLane: size }: AreaReport): string => size?.gateEquivalents.toFixed(1) ?? '';
  return table<DotRow>(
    [
      { title: 'options', left: true, text: ({ options }) => options },
      { title: 'unit', text: ({ report }) => report.pe.gateEquivalents.toFixed(0) },
      { title: 'per lane', text: ({ report }) => perLane(report) },
      { title: 'whole design, per MAC', text: ({ report }) => report.perMac.gateEquivalents.toFixed(1) },
    ],
    rows,
    rows.map(({ report }) => report.proof),
  );
}

/** Two arrays of the same types, with integer and with floating-point PEs. */
export interface FloatRow {
  readonly types: string;
  /** Absent where integer PEs do not take the types. */
  readonly int: AreaReport | undefined;
  readonly float: AreaReport;
}

/** Integer and floating-point PEs side by side, in gate equivalents. */
export function floatTable(rows: readonly FloatRow[]): string {
  const pe = (report: AreaReport): string => report.pe.gateEquivalents.toFixed(1);
  const perMac = (report: AreaReport): string => report.perMac.gateEquivalents.toFixed(1);
  return table<FloatRow>(
    [
      { title: 'types (activations; weights)', left: true, text: ({ types }) => types },
      { title: 'int PE', text: ({ int }) => (int ? pe(int) : 'refused') },
      { title: 'float PE', text: ({ float }) => pe(float) },
      {
        title: 'ratio',
        text: ({ int, float }) => (int ? (float.pe.gateEquivalents / int.pe.gateEquivalents).toFixed(2) : ''),
      },
      { title: 'int, per MAC', text: ({ int }) => (int ? perMac(int) : '') },
      { title: 'float, per MAC', text: ({ float }) => perMac(float) },
    ],
    rows,
    rows.flatMap(({ int, float }) => (int ? [int.proof, float.proof] : [float.proof])),
  );
}

/** Arrays of one drain, stalled by a clock gate and by an enable on every register. */
export interface StallRow {
  readonly drain: string;
  readonly gate: AreaReport;
  readonly enable: AreaReport;
}

/** What an enable on every register costs, in gate equivalents. */
export function stallTable(rows: readonly StallRow[]): string {
  const pair = (size: 'pe' | 'perMac'): readonly [(row: StallRow) => string, (row: StallRow) => string] => {
    const of = (report: AreaReport): number => report[size].gateEquivalents;
    return [
      ({ gate }) => of(gate).toFixed(0),
      ({ gate, enable }) => `${of(enable).toFixed(0)} (${growth(of(gate), of(enable))})`,
    ];
  };
  const [[peGate, peEnable], [macGate, macEnable]] = [pair('pe'), pair('perMac')];
  return table<StallRow>(
    [
      { title: 'drain', left: true, text: ({ drain }) => drain },
      { title: 'one PE, gate', text: peGate },
      { title: 'one PE, enable', text: peEnable },
      { title: 'per MAC of the array, gate', text: macGate },
      { title: 'per MAC, enable', text: macEnable },
    ],
    rows,
    rows.flatMap(({ gate, enable }) => [gate.proof, enable.proof]),
  );
}

/** Variants with clusters of PEs; the first of each dataflow (kind) is the one to compare with. */
const TILE_GROUPS = [
  {
    kind: 'os',
    tiles: [
      { tile: '1 x 1', variant: 'os_single' },
      { tile: '2 x 2', variant: 'os_tile2x2' },
      { tile: '4 x 4', variant: 'os_tile4x4' },
    ],
  },
  {
    kind: 'ws',
    tiles: [
      { tile: '1 x 1', variant: 'ws' },
      { tile: '4 x 1', variant: 'ws_tile4x1' },
      { tile: '2 x 2', variant: 'ws_tile2x2' },
    ],
  },
] as const;

/** What clusters of PEs save, out of the table of variants. */
export function tileTable({ variants }: VariantsReport): string {
  const rows = TILE_GROUPS.flatMap(({ kind, tiles }) => {
    const measured = tiles.map(({ tile, variant }) => ({ tile, kind, row: variantOf(variants, variant) }));
    return measured.map((each) => ({ ...each, first: measured[0]?.row ?? each.row }));
  });
  type TileRow = (typeof rows)[number];
  const compared = (text: string, figure: (row: VariantRow) => number, { row, first }: TileRow): string =>
    row === first ? text : `${text} (${growth(figure(first), figure(row))})`;
  const ge = ({ perMac }: VariantRow): number => perMac.gateEquivalents;
  return table<TileRow>(
    [
      { title: 'PEs of a cluster', left: true, text: ({ tile }) => tile },
      { title: 'dataflow', left: true, text: ({ kind }) => kind },
      { title: 'GE per MAC', text: (each) => compared(decimal(ge(each.row), 1), ge, each) },
      { title: 'flip-flops per MAC', text: ({ row }) => decimal(row.perMac.flipFlopBits, 1) },
      { title: 'critical path', text: (each) => compared(`${decimal(bufferedPs(each.row))} ps`, bufferedPs, each) },
      { title: 'latency', text: ({ row }) => decimal(row.streams.at(-1)?.latency ?? Number.NaN) },
    ],
    rows,
    rows.map(({ row }) => row.proof),
  );
}

function variantOf(variants: readonly VariantRow[], name: string): VariantRow {
  const found = variants.find((variant) => variant.name === name);
  if (found === undefined) throw new UserError(`npm run variants reported no ${name}`);
  return found;
}

function bufferedPs({ criticalPath }: VariantRow): number {
  if (criticalPath.kind !== 'delay') throw new UserError('the library has no delays');
  return criticalPath.buffered.ps;
}
