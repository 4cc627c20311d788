/** A number as tables and pages show it: thousands apart, and so many decimals. */
export const decimal = (value: number, decimals = 0): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

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
