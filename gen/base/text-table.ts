/** A number as tables and pages show it: thousands apart, and so many decimals. */
export const decimal = (value: number, decimals = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

/** The same with three significant digits where so many decimals would show one or none. */
export const measured = (value: number, decimals: number): string =>
  Math.abs(value) >= 10 ** (1 - decimals)
    ? decimal(value, decimals)
    : value.toLocaleString('en-US', { maximumSignificantDigits: 3 });

/** A share as tables and pages show it: `12.3 %`. */
export const percent = (share: number, decimals = 1): string => `${(100 * share).toFixed(decimals)} %`;

/** A whole number of things: `1 sample`, `2 samples`. */
export const plural = (count: number, one: string): string => `${decimal(count)} ${one}${count === 1 ? '' : 's'}`;

/** A name and what is to be said of it. */
export type Pair = readonly [name: string, text: string];

/** The lines of pairs for a terminal. @param width Of the names; that of the longest without. */
export const pairLines = (pairs: readonly Pair[], width = Math.max(...pairs.map(([name]) => name.length))): string[] =>
  pairs.map(([name, text]) => `${name.padEnd(width)}  ${text}`);

/** The lines of pairs on a page. */
export const pairList = (pairs: readonly Pair[]): string[] => pairs.map(([name, text]) => `- **${name}**: ${text}`);

/** Text as a block of Markdown, with an empty line behind. */
export const codeBlock = (text: string): string[] => ['```', text.trimEnd(), '```', ''];

/** A column of a table of text. */
export interface TextColumn<Row> {
  readonly title: string;
  readonly text: (row: Row) => string;
  readonly left?: boolean;
}

/** The lines of a table for a terminal: titles, a rule, a line per row; columns to the right unless they say left. */
export function tableLines<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string[] {
  const cells = rows.map((row) => columns.map(({ text }) => text(row)));
  const widths = columns.map(({ title }, i) => Math.max(title.length, ...cells.map((line) => (line[i] ?? '').length)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, i) => (columns[i]?.left ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), line(widths.map((width) => '-'.repeat(width))), ...cells.map(line)];
}

/** The lines of a Markdown table of the same columns. */
export function markdownLines<Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]): string[] {
  const line = (texts: readonly string[]): string => `| ${texts.join(' | ')} |`;
  return [
    line(columns.map(({ title }) => title)),
    `|${columns.map(({ left }) => (left ? '---' : '---:')).join('|')}|`,
    ...rows.map((row) => line(columns.map(({ text }) => text(row)))),
  ];
}
