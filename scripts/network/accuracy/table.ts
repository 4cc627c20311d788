import type { AccuracyRow } from './measure.js';

/** The accuracies of some networks. */
export interface AccuracyTable {
  readonly calibration: number;
  /** What was measured on. */
  readonly test: string;
  readonly networks: readonly { readonly name: string; readonly rows: readonly AccuracyRow[] }[];
}

/** A Markdown table with a row per scheme and, per network, accuracy, distance from fp32, agreement and width. */
export function accuracyMarkdown({ networks }: AccuracyTable): string {
  const header = networks.flatMap(({ name }) => [name, 'to fp32', 'like fp32', 'bits']);
  const lines = [
    `| | ${header.join(' | ')} |`,
    `|---|${header.map(() => '---:|').join('')}`,
    ...(networks[0]?.rows ?? []).map(
      ({ scheme }, i) => `| ${scheme} | ${networks.flatMap(({ rows }) => cells(rows, i)).join(' | ')} |`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}

function cells(rows: readonly AccuracyRow[], index: number): string[] {
  const [row, float] = [rows[index] as AccuracyRow, rows[0] as AccuracyRow];
  const gap = row === float ? '' : signed(row.top1 - float.top1);
  return [row.top1.toFixed(2), gap, row.likeFloat.toFixed(2), String(Number(row.bits.toFixed(2)))];
}

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value.toFixed(2)}`;

/** The same for terminals, one table per network, with the types chosen. */
export function accuracyText({ calibration, test, networks }: AccuracyTable): string {
  const title = `${test}, calibrated on ${calibration} training images; percent`;
  return `${[title, ...networks.flatMap(({ name, rows }) => ['', ...networkLines(name, rows)])].join('\n')}\n`;
}

function networkLines(name: string, rows: readonly AccuracyRow[]): string[] {
  const width = Math.max(name.length, ...rows.map(({ scheme }) => scheme.length));
  const line = (cells: readonly string[], types: string): string =>
    `${(cells[0] as string).padEnd(width)}${cells
      .slice(1)
      .map((cell) => cell.padStart(10))
      .join('')}  ${types}`.trimEnd();
  return [
    line([name, 'right', 'to fp32', 'like fp32', 'bits'], 'operands per type'),
    ...rows.map((row, i) => line([row.scheme, ...cells(rows, i)], typesText(row.types))),
  ];
}

const typesText = (types: AccuracyRow['types']): string =>
  Object.entries(types)
    .sort(([, a], [, b]) => b - a)
    .map(([type, count]) => `${type} ${count}`)
    .join(', ');
