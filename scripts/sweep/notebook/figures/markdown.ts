import { decimal, markdownLines, type TextColumn } from '../../../../gen/base/text-table.js';

/** Commands as a block of Markdown, with an empty line behind. */
export const commandBlock = (commands: readonly string[]): string[] => [...commands.map((text) => `    ${text}`), ''];

/** A table, and what is said below it. */
export const pageTable = <Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[], ...below: string[]): string =>
  [...markdownLines(columns, rows), ...below.flatMap((line) => ['', line])].join('\n');

/** How much more a figure is than another, in whole percent: `+7 %`. */
export function growth(from: number, to: number): string {
  const percent = Math.round((to / from - 1) * 100);
  return `${percent < 0 ? '-' : '+'}${decimal(Math.abs(percent))} %`;
}
