import { decimal, type Pair, pairLines, percent } from '../../gen/base/text-table.js';
import { showBinary32 } from '../../gen/numerics/binary32.js';
import type { MatmulReport, OperandReport } from './matmul.js';

const relative = (error: number | undefined): string => (error === undefined ? 'none (all zero)' : percent(error));
const figure = (value: number): string => String(Number(value.toPrecision(4)));

/** The report of a product as text. */
export function matmulText(report: MatmulReport): string {
  const { a, w, tiling, error, mismatch, simulation, out } = report;
  const [row, col] = error.at;
  const distance = error.relativeFrobenius === undefined ? 'reference is zero' : percent(error.relativeFrobenius);
  const rows: Pair[] = [
    ['A', operandText(a)],
    ['W', operandText(w)],
    ['C', `${tiling.m} x ${tiling.n}${out === undefined ? ', not written' : `, float64, written to ${out}`}`],
    ['error', `${distance} relative Frobenius, ${figure(error.maxAbsolute)} at most (at [${row}, ${col}])`],
    ['tiles', tilesText(report)],
    ['cycles', `${decimal(report.cycles)} for ${decimal(report.macs)} MACs`],
    [
      'utilisation',
      `${percent(report.utilisation)} of the PEs' cycles (padded borders alone allow ${percent(report.edgeUtilisation)})`,
    ],
    [
      'simulation',
      `${figure(simulation.seconds)} s, ${figure(simulation.cyclesPerSecond / 1e3)} kcycle/s, ${figure(simulation.macsPerSecond / 1e6)} M MAC/s`,
    ],
  ];
  const reference = report.pe === 'float' ? 'sequential binary32 reference' : 'integer reference';
  const show = (sum: bigint): string => (report.pe === 'float' ? showBinary32(sum) : String(sum));
  const verdict = mismatch
    ? [
        `FAIL ${report.design}: ${decimal(mismatch.count)} of ${decimal(tiling.m * tiling.n)} results differ from the ${reference}`,
        `  first at C[${mismatch.row}, ${mismatch.col}]: expected ${show(mismatch.expected)}, got ${show(mismatch.got)}`,
        `  find the cause: npm run verify -- --design <folder> --trace`,
      ]
    : [`PASS ${report.design}: all ${decimal(tiling.m * tiling.n)} results equal the ${reference} bit for bit`];
  const miscounted =
    report.cycles === report.modelCycles
      ? []
      : [`FAIL ${report.design}: the cycle model counts ${decimal(report.modelCycles)} cycles`];
  return `${[...pairLines(rows, 10), ...miscounted, ...verdict].join('\n')}\n`;
}

/** How a matrix was quantised, in a line. */
export function operandText({ file, rows, cols, type, scales, relativeError, considered }: OperandReport): string {
  const scale =
    scales.count === 1
      ? `scale ${figure(scales.least)}`
      : `${scales.count} scales from ${figure(scales.least)} to ${figure(scales.greatest)}`;
  const others = considered
    .filter((other) => other.type !== type)
    .map((other) => `${other.type} ${relative(other.relativeError)}`)
    .join(', ');
  const rest = others === '' ? '' : ` (${others})`;
  return `${rows} x ${cols}, ${file}: ${type}, ${scale}, error ${relative(relativeError)}${rest}`;
}

function tilesText({ tiling }: MatmulReport): string {
  const { tiles, rows, cols, partK, parts, blocksM, blocksN } = tiling;
  const reduction = parts === 1 ? `K in one part of ${partK}` : `${parts} parts of at most ${partK} steps`;
  return `${decimal(tiles)} of ${rows} x ${cols} (${blocksM} x ${blocksN} blocks, ${reduction})`;
}

/** The report as JSON; integers beyond 2^53 are decimal text. */
export function matmulJson(report: MatmulReport): string {
  const replace = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);
  return `${JSON.stringify(report, replace, 2)}\n`;
}
