import { markdownLines, type TextColumn, tableLines } from '../../../gen/area/text-table.js';
import { publishedPerPe } from './published.js';
import type { ComparisonReport, KindRow, OptionRow } from './run.js';

const number = (value: number, decimals: number): string =>
  value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
const percent = (share: number): string => `${number(100 * share, 2)} %`;
const signed = (value: number, text: (value: number) => string): string =>
  value > 0 ? `+${text(value)}` : text(value);
const NONE = '-';

function kindColumns({ reference, isoArea, kinds }: ComparisonReport): TextColumn<KindRow>[] {
  const publishedReference = kinds.find(({ kind }) => kind === reference)?.published;
  const publishedRatio = ({ published }: KindRow): string =>
    published && publishedReference
      ? `${number(publishedPerPe(published) / publishedPerPe(publishedReference), 2)} (${published.node} nm)`
      : NONE;
  return [
    { title: 'kind', left: true, text: ({ kind }) => kind },
    { title: 'PE, GE', text: ({ measured }) => number(measured.pe, 1) },
    { title: 'form', left: true, text: ({ form }) => form },
    { title: 'other form', text: otherForm },
    { title: `PE / ${reference}`, text: ({ peRatio }) => number(peRatio, 2) },
    { title: 'accumulator bits', text: ({ measured }) => number(measured.accumulatorBits, 0) },
    { title: 'decoder, GE', text: ({ measured }) => number(measured.decoder, 1) },
    { title: 'decoders in core', text: ({ measured }) => percent(measured.decoderShare) },
    { title: 'core, GE per MAC/cycle', text: (row) => number(row.perProduct, 1) },
    {
      title: '8-bit MAC/cycle',
      text: ({ perEightBitProduct: area }) => (area === null ? NONE : number(area, 1)),
    },
    {
      title: 'PEs in iso-area',
      text: ({ kind }) => number(isoArea.find((entry) => entry.kind === kind)?.pes ?? Number.NaN, 0),
    },
    { title: `core per PE / ${reference}`, text: ({ coreRatio }) => number(coreRatio, 2) },
    { title: 'published', text: publishedRatio },
    { title: 'published PEs', text: ({ published }) => (published ? number(published.pes, 0) : NONE) },
  ];
}

/** The PE in the forms that were not kept. */
function otherForm({ form, forms }: KindRow): string {
  const others = forms.filter((other) => other.form !== form);
  return others.length === 0 ? NONE : others.map(({ measured }) => number(measured.pe, 1)).join(', ');
}

const OPTION_COLUMNS: readonly TextColumn<OptionRow>[] = [
  { title: 'option', left: true, text: ({ option }) => option },
  { title: 'what it is', left: true, text: ({ description }) => description },
  { title: 'PE, GE', text: ({ pe }) => signed(pe, (value) => number(value, 1)) },
  { title: 'core per PE, GE', text: ({ corePerPe }) => signed(corePerPe, (value) => number(value, 1)) },
  { title: 'of the default core', text: ({ share }) => signed(share, percent) },
];

function kindNotes({ size, longest, gateEquivalent, reference, kinds }: ComparisonReport): string[] {
  const sources = new Set(kinds.flatMap(({ published }) => published?.source ?? []));
  const several = kinds.some(({ forms }) => forms.length > 1);
  return [
    `GE: ${gateEquivalent}. Cores of ${size} x ${size} PEs, everything included.`,
    `Accumulators of 24 bits, or of what ${longest} products take; output stationary, single drain, one stage, the same registers and streams.`,
    ...(several ? ['Where a PE was written in two forms, the row is that of the smaller core.'] : []),
    'Decoder: at the edge, for all types of its port, mean of rows and columns.',
    '8-bit MAC/cycle: the core divided by its 8-bit products per cycle, a quarter of the PEs where four make one.',
    `Iso-area: PEs with their share of the edge that fit into the core of ${reference}.`,
    ...(sources.size > 0
      ? [
          `Published: core area per PE over that of ANT, at the node given, and PEs of the core: ${[...sources].join('; ')}.`,
        ]
      : []),
  ];
}

function optionNotes({ size, longest }: ComparisonReport): string[] {
  return [
    `The difference of two designs of ${size} x ${size} PEs; the default design (ant4 above) has 24-bit accumulators, which hold ${longest} products and more.`,
  ];
}

/** How the figures came about, as pairs of name and text. */
function provenance({ tool, library, generator, command }: ComparisonReport): [string, string][] {
  const build = tool.build === 'native' ? 'native' : `WebAssembly, ${tool.package}`;
  return [
    ['command', command],
    ['synthesis', `${tool.name} ${tool.version} (${build})`],
    [
      'library',
      library === null ? "none: Yosys' generic gates" : `${library.file} (${library.name}), sha256 ${library.sha256}`,
    ],
    ['generator', generator],
  ];
}

/** The report for a terminal. */
export function comparisonText(report: ComparisonReport): string {
  return [
    ...tableLines(kindColumns(report), report.kinds),
    '',
    ...kindNotes(report),
    '',
    ...(report.options.length > 0
      ? [...tableLines(OPTION_COLUMNS, report.options), '', ...optionNotes(report), '']
      : []),
    ...provenance(report).map(([name, text]) => `${name.padEnd(9)}  ${text}`),
    '',
  ].join('\n');
}

/** The part of a page that holds the tables of one library. */
export function comparisonMarkdown(report: ComparisonReport): string {
  return [
    ...provenance(report).map(([name, text]) => `- ${name}: ${name === 'command' ? `\`${text}\`` : text}`),
    '',
    ...markdownLines(kindColumns(report), report.kinds),
    '',
    ...kindNotes(report).map((note) => `- ${note}`),
    ...(report.options.length > 0
      ? ['', ...markdownLines(OPTION_COLUMNS, report.options), '', ...optionNotes(report).map((note) => `- ${note}`)]
      : []),
  ].join('\n');
}
