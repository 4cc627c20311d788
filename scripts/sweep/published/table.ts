import { decimal, markdownLines, type TextColumn } from '../../../gen/base/text-table.js';
import { pathText, synthesisText } from '../columns.js';
import { type Layout, layoutMarkdown, section } from '../layout.js';
import type { PublishedReport, PublishedRow, SourceRow } from './report.js';

const NONE = '-';
const figure = (value: number | null, decimals = 0): string => (value === null ? NONE : decimal(value, decimals));

const columns = ({ library }: PublishedReport): TextColumn<PublishedRow>[] => [
  { title: 'circuit', left: true, text: ({ name }) => name },
  { title: 'operands', left: true, text: ({ operands }) => operands },
  { title: 'accumulator bits', text: ({ accumulatorBits }) => figure(accumulatorBits) },
  { title: 'products per cycle', text: ({ products }) => figure(products) },
  { title: 'whole, GE per MAC/cycle', text: ({ whole }) => figure(whole, 1) },
  { title: 'PE, GE per MAC/cycle', text: ({ pe }) => figure(pe, 1) },
  { title: 'flip-flops per MAC/cycle', text: ({ flipFlops }) => figure(flipFlops, 1) },
  { title: library ? 'path, ps' : 'path, gates', text: ({ path }) => pathText(path, { design: 'compared' }) },
  { title: 'results checked', text: ({ checked }) => figure(checked) },
];

const WORDS: readonly TextColumn<PublishedRow>[] = [
  { title: 'circuit', left: true, text: ({ name }) => name },
  { title: 'what it is', left: true, text: ({ what }) => what },
  { title: 'what it lacks', left: true, text: ({ lacks }) => lacks ?? NONE },
];

const SOURCE_COLUMNS: readonly TextColumn<SourceRow>[] = [
  { title: 'circuits', left: true, text: ({ circuits }) => circuits.join(', ') },
  { title: 'repository', left: true, text: ({ repository }) => repository },
  { title: 'commit', left: true, text: ({ commits }) => commits.map((commit) => commit.slice(0, 12)).join(', ') },
  { title: 'licence', left: true, text: ({ licence }) => licence },
  { title: 'edits', left: true, text: ({ edited }) => edited },
];

export const publishedLayout = (report: PublishedReport): Layout => ({
  sections: [
    ...section(columns(report), report.rows, [
      `GE: ${report.gateEquivalent}. The path is the buffered one of the area report.`,
      'Results checked: compared with integer arithmetic in a simulation, none wrong.',
    ]),
    ...section(WORDS, report.rows),
    ...section(SOURCE_COLUMNS, report.sources),
  ],
  provenance: [
    ['command', report.command],
    ['synthesis', synthesisText(report.tool, report.library)],
    ['generator', report.generator],
  ],
});

/** The part of a page with the figures of a library. */
export const figuresMarkdown = (report: PublishedReport): string => {
  const { sections, provenance } = publishedLayout(report);
  return layoutMarkdown({ sections: sections.slice(0, 1), provenance });
};

/** The part of a page that says what the circuits are, and where they come from. */
export const sourcesMarkdown = ({ rows, sources }: PublishedReport): string =>
  [...markdownLines(SOURCE_COLUMNS, sources), '', ...markdownLines(WORDS, rows)].join('\n');
