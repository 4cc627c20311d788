import { UserError } from '../../../../gen/base/errors.js';
import { decimal, percent, type TextColumn } from '../../../../gen/base/text-table.js';
import { renderText } from '../../../synth/render.js';
import type { AreaReport, Size } from '../../../synth/report.js';
import type { RequantiserReport } from '../../../synth/requantiser/measure.js';
import type { VariantRow, VariantsReport } from '../../variants/report.js';
import { textBlock } from './figure.js';
import { growth, pageTable } from './markdown.js';
import { netlistsLine } from './proofs.js';

/** A table, and how the netlists were checked that it comes from. */
const table = <Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  proofs: Parameters<typeof netlistsLine>[0],
): string => pageTable(columns, rows, netlistsLine(proofs));

const ge = ({ gateEquivalents }: Size, digits = 1): string => gateEquivalents.toFixed(digits);

/** A report of areas as the program prints it, the proofs in a line: their times are others on every machine. */
export function areaText({ proof, ...report }: AreaReport): string {
  return `${textBlock(renderText(report))}\n\n${netlistsLine([proof])}`;
}

/** Areas of dot-product units, by the options that make them, in gate equivalents. */
export function dotTable(rows: readonly { readonly options: string; readonly report: AreaReport }[]): string {
  return table(
    [
      { title: 'options', left: true, text: ({ options }) => options },
      { title: 'unit', text: ({ report }) => ge(report.pe, 0) },
      { title: 'per lane', text: ({ report }) => (report.perLane ? ge(report.perLane) : '') },
      { title: 'whole design, per MAC', text: ({ report }) => ge(report.perMac) },
    ],
    rows,
    rows.map(({ report }) => report.proof),
  );
}

/** Integer and floating-point PEs of the same types side by side, in gate equivalents; some types integer PEs do not take. */
export function floatTable(
  rows: readonly { readonly types: string; readonly int: AreaReport | undefined; readonly float: AreaReport }[],
): string {
  return table(
    [
      { title: 'types (activations; weights)', left: true, text: ({ types }) => types },
      { title: 'int PE', text: ({ int }) => (int ? ge(int.pe) : 'refused') },
      { title: 'float PE', text: ({ float }) => ge(float.pe) },
      {
        title: 'ratio',
        text: ({ int, float }) => (int ? (float.pe.gateEquivalents / int.pe.gateEquivalents).toFixed(2) : ''),
      },
      { title: 'int, per MAC', text: ({ int }) => (int ? ge(int.perMac) : '') },
      { title: 'float, per MAC', text: ({ float }) => ge(float.perMac) },
    ],
    rows,
    rows.flatMap(({ int, float }) => (int ? [int.proof, float.proof] : [float.proof])),
  );
}

/** What an enable on every register costs instead of a clock gate, in gate equivalents. */
export function stallTable(rows: readonly Readonly<Record<'gate' | 'enable', AreaReport>>[]): string {
  const more = (gate: Size, enable: Size): string =>
    `${ge(enable, 0)} (${growth(gate.gateEquivalents, enable.gateEquivalents)})`;
  return table(
    [
      { title: 'one PE, gate', text: ({ gate }) => ge(gate.pe, 0) },
      { title: 'one PE, enable', text: ({ gate, enable }) => more(gate.pe, enable.pe) },
      { title: 'per MAC of the array, gate', text: ({ gate }) => ge(gate.perMac, 0) },
      { title: 'per MAC, enable', text: ({ gate, enable }) => more(gate.perMac, enable.perMac) },
    ],
    rows,
    rows.flatMap(({ gate, enable }) => [gate.proof, enable.proof]),
  );
}

/** Variants with clusters of PEs, by dataflow; the first of each is the one to compare with. */
const CLUSTER_GROUPS = {
  os: { '1 x 1': 'os', '2 x 2': 'os_cluster2x2', '4 x 4': 'os_cluster4x4' },
  ws: { '1 x 1': 'ws', '4 x 1': 'ws_cluster4x1', '2 x 2': 'ws_cluster2x2' },
} as const;

/** Variants with PEs of several lanes, likewise. */
const LANE_GROUPS = {
  os: { '1': 'os', '2': 'os_lanes2', '4': 'os_lanes4' },
  ws: { '1': 'ws', '2': 'ws_lanes2', '4': 'ws_lanes4' },
} as const;

/** What clusters of PEs save, out of the table of variants. */
export const clusterTable = (report: VariantsReport): string => groupTable('PEs of a cluster', CLUSTER_GROUPS, report);

/** What several products per PE save, out of the table of variants. */
export const laneTable = (report: VariantsReport): string => groupTable('lanes', LANE_GROUPS, report);

/** What weights that stay save over sums that stay, out of the table of variants. */
export function dataflowTable({ variants }: VariantsReport): string {
  const [os, ws] = [variantOf(variants, 'os'), variantOf(variants, 'ws')];
  const saved = ({ perMac }: VariantRow): number => 1 - perMac.gateEquivalents / os.perMac.gateEquivalents;
  return table<VariantRow>(
    [
      { title: 'array', left: true, text: (row) => (row === ws ? 'weight stationary' : 'output stationary') },
      { title: 'bits of a sum', text: ({ accumulatorBits }) => String(accumulatorBits) },
      { title: 'GE per MAC', text: ({ perMac }) => decimal(perMac.gateEquivalents, 1) },
      { title: 'less', text: (row) => (row === os ? '' : percent(saved(row), 0)) },
    ],
    [os, ws],
    [os.proof, ws.proof],
  );
}

/** What a requantiser takes, in gate equivalents, a column per library. */
export function requantiserTable(reports: readonly RequantiserReport[], libraries: readonly string[]): string {
  const moduleArea = ({ modules, design }: RequantiserReport, module: string): string => {
    const found = modules.find((row) => row.module === `${design}_${module}`);
    if (found === undefined) throw new UserError(`the report of ${design} has no ${module}`);
    return decimal(found.size.gateEquivalents);
  };
  const path = ({ criticalPath }: RequantiserReport): string => {
    if (criticalPath.kind !== 'delay') throw new UserError('the library has no delays');
    return `${decimal(criticalPath.buffered.ps)} ps`;
  };
  const rows: { readonly what: string; readonly text: (report: RequantiserReport) => string }[] = [
    { what: 'encoder of a lane', text: (report) => moduleArea(report, 'encode') },
    { what: 'lane, encoder included', text: (report) => moduleArea(report, 'lane') },
    {
      what: `requantiser of ${reports[0]?.lanes} lanes, per lane`,
      text: ({ perLane }) => decimal(perLane.gateEquivalents),
    },
    { what: 'critical path, buffered and sized', text: path },
  ];
  return pageTable<(typeof rows)[number]>(
    [
      { title: '', left: true, text: ({ what }) => what },
      ...reports.map((report, i) => ({
        title: libraries[i] ?? '',
        text: ({ text }: (typeof rows)[number]) => text(report),
      })),
    ],
    rows,
  );
}

/** Variants by dataflow and by a form, whose title is given, each beside the first of its dataflow. */
function groupTable(
  title: string,
  groups: Readonly<Record<string, Readonly<Record<string, string>>>>,
  { variants }: VariantsReport,
): string {
  const rows = Object.entries(groups).flatMap(([kind, forms]) => {
    const members = Object.entries(forms).map(([form, name]) => ({ form, kind, row: variantOf(variants, name) }));
    return members.map((member) => ({ ...member, first: members[0]?.row as VariantRow }));
  });
  type GroupRow = (typeof rows)[number];
  const compared = (text: string, figure: (row: VariantRow) => number, { row, first }: GroupRow): string =>
    row === first ? text : `${text} (${growth(figure(first), figure(row))})`;
  const perMac = (row: VariantRow): number => row.perMac.gateEquivalents;
  return table<GroupRow>(
    [
      { title, left: true, text: ({ form }) => form },
      { title: 'dataflow', left: true, text: ({ kind }) => kind },
      { title: 'GE per MAC', text: (each) => compared(decimal(perMac(each.row), 1), perMac, each) },
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
