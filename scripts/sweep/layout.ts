import { markdownLines, type Pair, pairLines, type TextColumn, tableLines } from '../../gen/base/text-table.js';

type Lines = <Row>(columns: readonly TextColumn<Row>[], rows: readonly Row[]) => string[];

/** A table with what is to be said about it. */
export interface Section {
  readonly table: (lines: Lines) => string[];
  readonly notes: readonly string[];
}

/** The tables of a report, and where its figures come from. */
export interface Layout {
  readonly sections: readonly Section[];
  /** Pairs of a name and a text, or one sentence without its point. */
  readonly provenance: string | readonly Pair[];
}

/** A section, none where there are no rows. */
export const section = <Row>(
  columns: readonly TextColumn<Row>[],
  rows: readonly Row[],
  notes: readonly string[] = [],
): Section[] => (rows.length === 0 ? [] : [{ table: (lines) => lines(columns, rows), notes }]);

/** A report for a terminal. */
export function layoutText({ sections, provenance }: Layout): string {
  return [
    ...sections.flatMap(({ table, notes }) => [...table(tableLines), '', ...notes, ...(notes.length > 0 ? [''] : [])]),
    ...(typeof provenance === 'string' ? [provenance] : pairLines(provenance)),
    '',
  ].join('\n');
}

/** A report as part of a page; its command stands as code. */
export function layoutMarkdown({ sections, provenance }: Layout): string {
  return [
    ...(typeof provenance === 'string'
      ? [`${provenance}.`]
      : provenance.map(([name, text]) => `- ${name}: ${name === 'command' ? `\`${text}\`` : text}`)),
    ...sections.flatMap(({ table, notes }) => [
      '',
      ...table(markdownLines),
      ...(notes.length > 0 ? ['', ...notes.map((note) => `- ${note}`)] : []),
    ]),
  ].join('\n');
}
