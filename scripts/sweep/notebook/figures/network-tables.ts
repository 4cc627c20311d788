import { EXIT, UserError } from '../../../../gen/base/errors.js';
import { decimal, percent } from '../../../../gen/base/text-table.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import type { AccuracyRow } from '../../../network/accuracy/measure.js';
import type { AccuracyTable } from '../../../network/accuracy/table.js';
import type { InferReport } from '../../../network/infer/infer.js';
import { inferText } from '../../../network/infer/report.js';
import type { MatmulReport, OperandReport } from '../../../network/matmul.js';
import { matmulText } from '../../../network/matmul-report.js';
import type { QuantiseReport } from '../../../network/quantise/report.js';
import { typeShares } from '../../../network/quantise/report-text.js';
import { pageTable } from './markdown.js';

/** One of the rows of a network. @throws UserError where it was not measured. */
function rowOf(rows: readonly AccuracyRow[], scheme: string): AccuracyRow {
  const found = rows.find((row) => row.scheme === scheme);
  if (found === undefined) throw new UserError(`npm run accuracy reported no row ${scheme}`, EXIT.toolBroken);
  return found;
}

/** Some schemes of the accuracy table, a row per network; networks by the titles given. */
export function accuracyInShort(
  { networks }: AccuracyTable,
  schemes: readonly string[],
  titles: Readonly<Record<string, string>>,
): string {
  type Network = AccuracyTable['networks'][number];
  return pageTable<Network>(
    [
      { title: '', left: true, text: ({ name }) => titles[name] ?? name },
      ...schemes.map((scheme) => ({
        title: scheme,
        text: ({ rows }: Network) => rowOf(rows, scheme).top1.toFixed(2),
      })),
    ],
    networks,
  );
}

/** Options of `npm run quantize`, as typed, under which both lists of types were measured, or one. */
export interface OptionsRow {
  readonly options: string;
  /** How the row is shown. */
  readonly title: string;
  /** Whether int4 alone was measured, too. */
  readonly int4: boolean;
}

/** The row of `npm run accuracy -- --with` for int4 alone under some options. */
export const int4Options = (options: string): string =>
  ['--types int', options].filter((part) => part !== '').join(' ');

/** What options keep of one network's accuracy. */
export function optionsTable({ networks }: AccuracyTable, options: readonly OptionsRow[]): string {
  const rows = networks[0]?.rows ?? [];
  const right = (scheme: string): string => rowOf(rows, scheme).top1.toFixed(2);
  const float = { title: 'fp32', int4: right('fp32'), ant4: right('fp32') };
  const measured = options.map(({ title, options: text, int4 }) => ({
    title,
    int4: int4 ? right(int4Options(text)) : '',
    ant4: right(text),
  }));
  return pageTable(
    [
      { title: 'options', left: true, text: ({ title }) => title },
      { title: 'int4', text: ({ int4 }) => int4 },
      { title: 'ANT4', text: ({ ant4 }) => ant4 },
    ],
    [float, ...measured],
  );
}

/** Products of the same real matrices on several designs. */
export function productTable(rows: readonly { readonly design: string; readonly report: MatmulReport }[]): string {
  const left = true;
  return pageTable(
    [
      { title: 'design', left, text: ({ design }) => design },
      { title: 'A', left, text: ({ report }) => operandErrors(report.a) },
      { title: 'W', left, text: ({ report }) => operandErrors(report.w) },
      {
        title: 'error of the product',
        text: ({ report }) =>
          report.error.relativeFrobenius === undefined ? '' : percent(report.error.relativeFrobenius),
      },
      { title: 'cycles', text: ({ report }) => decimal(report.cycles) },
      { title: 'utilisation', text: ({ report }) => percent(report.utilisation) },
    ],
    rows,
  );
}

/** The type of a matrix with its error, and those of the other types in their order. */
function operandErrors({ type, relativeError = 0, considered }: OperandReport): string {
  const others = considered
    .map((other) => ({ ...other, error: other.relativeError ?? 0 }))
    .filter((other) => other.type !== type)
    .sort((one, other) => one.error - other.error)
    .map((other) => `${other.type} ${percent(other.error)}`);
  return `${type}, ${percent(relativeError)}${others.length > 0 ? ` (${others.join(', ')})` : ''}`;
}

/** Lines of a program's text that begin with one of some words, as a block of it. */
function linesOf(text: string, beginnings: readonly string[]): string {
  const lines = text.split('\n').filter((line) => beginnings.some((beginning) => line.startsWith(`${beginning} `)));
  const missing = beginnings.filter((beginning) => !lines.some((line) => line.startsWith(`${beginning} `)));
  if (missing.length > 0) throw new UserError(`the report has no line ${missing.join(', ')}`, EXIT.toolBroken);
  return lines.map((line) => `    ${line}`).join('\n');
}

/** What `npm run matmul` prints of a product, without what differs from run to run. */
export const productText = (report: MatmulReport): string =>
  linesOf(matmulText(report), ['A', 'W', 'error', 'cycles', 'utilisation', 'PASS']);

/** What `npm run infer` prints of a network, in short. */
export const inferenceText = (report: InferReport): string =>
  linesOf(inferText(report), ['right', 'like ONNX', 'array', 'PASS']);

/** A network, quantised in three ways. */
export interface NetworkRow {
  readonly title: string;
  readonly nearest: QuantiseReport;
  readonly compensated: QuantiseReport;
  readonly eightBits: QuantiseReport;
}

const FAMILIES = ['int', 'flint', 'pot'] as const;

/** Networks with the types chosen and the errors of their outputs. */
export function networkTable(rows: readonly NetworkRow[]): string {
  return pageTable<NetworkRow>(
    [
      { title: 'network', left: true, text: ({ title }) => title },
      { title: 'products', left: true, text: ({ nearest }) => productsText(nearest) },
      {
        title: `operands ${FAMILIES.join(' / ')}`,
        left: true,
        text: ({ nearest }) => FAMILIES.map((family) => familyOperands(nearest, family)).join(' / '),
      },
      { title: 'output error, 4 bits', text: ({ nearest }) => outputError(nearest) },
      { title: 'with `--rounding compensated`', text: ({ compensated }) => outputError(compensated) },
      { title: '`--bits 8`', text: ({ eightBits }) => outputError(eightBits) },
    ],
    rows,
  );
}

function productsText({ layers, leftOut }: QuantiseReport): string {
  const ops = [...new Set(leftOut.map(({ op }) => op))];
  const left = ops.map((op) => `${leftOut.filter((each) => each.op === op).length} ${op}`);
  return left.length === 0 ? String(layers.length) : `${layers.length}, and ${left.join(', ')} left in floating point`;
}

const familyOperands = (report: QuantiseReport, family: string): number =>
  typeShares(report)
    .filter(({ type }) => numericType(type).kind === family)
    .reduce((sum, { operands }) => sum + operands, 0);

/** Norm of the difference over that of the outputs: percent, with a digit more below one; on samples held out, too. */
function outputError({ outputs: { calibration, heldOut } }: QuantiseReport): string {
  const text = ({ error }: { readonly error: number | null }): string => {
    if (error === null) return 'none';
    const share = Math.sqrt(error);
    return percent(share, share < 0.01 ? 1 : 0);
  };
  return heldOut ? `${text(calibration)}, ${text(heldOut)} held out` : text(calibration);
}
