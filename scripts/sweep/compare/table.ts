import { decimal, markdownLines, type Pair, type TextColumn } from '../../../gen/base/text-table.js';
import { proofText } from '../../synth/equivalence/proved.js';
import { libraryText } from '../../synth/report.js';
import { toolText } from '../../tools/yosys/identity.js';
import { type Layout, layoutMarkdown, section } from '../layout.js';
import type { Goal } from './figures.js';
import { PUBLISHED_CIRCUITS, type PublishedCircuit, publishedPerPe } from './published.js';
import type { ComparisonReport, KindRow, OptionRow } from './report.js';

const percent = (share: number): string => `${decimal(100 * share, 2)} %`;
const signed = (value: number, text: (value: number) => string): string =>
  value > 0 ? `+${text(value)}` : text(value);
const NONE = '-';

function kindColumns({ reference, isoArea, kinds }: ComparisonReport): TextColumn<KindRow>[] {
  const publishedReference = kinds.find(({ kind }) => kind === reference)?.published;
  const publishedRatio = ({ published }: KindRow): string =>
    published && publishedReference
      ? `${decimal(publishedPerPe(published) / publishedPerPe(publishedReference), 2)} (${published.node} nm)`
      : NONE;
  return [
    { title: 'kind', left: true, text: ({ kind }) => kind },
    { title: 'PE, GE', text: ({ measured }) => decimal(measured.pe, 1) },
    { title: `PE / ${reference}`, text: ({ peRatio }) => decimal(peRatio, 2) },
    { title: 'accumulator bits', text: ({ measured }) => decimal(measured.accumulatorBits, 0) },
    { title: 'decoder, GE', text: ({ measured }) => decimal(measured.decoder, 1) },
    { title: 'decoder / PE', text: ({ measured }) => percent(measured.decoder / measured.pe) },
    { title: 'decoders in core', text: ({ measured }) => percent(measured.decoderShare) },
    { title: 'core, GE per MAC/cycle', text: (row) => decimal(row.perProduct, 1) },
    {
      title: 'core, GE per 8-bit MAC/cycle',
      text: ({ perEightBitProduct: area }) => (area === null ? NONE : decimal(area, 1)),
    },
    {
      title: 'PEs in iso-area',
      text: ({ kind }) => decimal(isoArea.find((entry) => entry.kind === kind)?.pes ?? Number.NaN, 0),
    },
    { title: `core per PE / ${reference}`, text: ({ coreRatio }) => decimal(coreRatio, 2) },
    { title: 'published', text: publishedRatio },
    { title: 'published PEs', text: ({ published }) => (published ? decimal(published.pes, 0) : NONE) },
  ];
}

const GOAL_COLUMNS: readonly TextColumn<Goal>[] = [
  { title: 'goal', left: true, text: ({ what }) => what },
  { title: 'at most', text: ({ most }) => percent(most) },
  { title: 'measured', text: ({ measured }) => percent(measured) },
  { title: 'met', left: true, text: ({ met }) => (met ? 'yes' : 'no') },
];

const CIRCUIT_COLUMNS: readonly TextColumn<PublishedCircuit>[] = [
  { title: 'published circuit', left: true, text: ({ what }) => what },
  { title: 'node, nm', text: ({ node }) => String(node) },
  { title: 'area, µm²', text: ({ um2 }) => um2 },
  { title: 'source', left: true, text: ({ source }) => source },
];

const OPTION_COLUMNS: readonly TextColumn<OptionRow>[] = [
  { title: 'option', left: true, text: ({ option }) => option },
  { title: 'what it is', left: true, text: ({ description }) => description },
  { title: 'PE, GE', text: ({ pe }) => signed(pe, (value) => decimal(value, 1)) },
  { title: 'core per PE, GE', text: ({ corePerPe }) => signed(corePerPe, (value) => decimal(value, 1)) },
  { title: 'of the default core', text: ({ share }) => signed(share, percent) },
];

function kindNotes({ size, longest, gateEquivalent, reference, kinds }: ComparisonReport): string[] {
  const sources = new Set(kinds.flatMap(({ published }) => published?.source ?? []));
  return [
    `GE: ${gateEquivalent}. Cores of ${size} x ${size} PEs, everything included.`,
    `Accumulators of 24 bits, or of what ${longest} products take; output stationary, one stage, the same registers and streams.`,
    'Decoder: in the periphery, for all types of its port, mean of rows and columns.',
    'Per 8-bit MAC/cycle: the core divided by its 8-bit products per cycle, a quarter of the PEs where four make one.',
    `Iso-area: PEs with their share of the periphery that fit into the core of ${reference}.`,
    ...(sources.size > 0
      ? [
          `Published: core area per PE over that of ANT, at the node given, and PEs of the core: ${[...sources].join('; ')}.`,
        ]
      : []),
  ];
}

function optionNotes({ optionsSize, longest }: ComparisonReport): string[] {
  return [
    `The difference of two designs of ${optionsSize} x ${optionsSize} PEs; the default design (ant4 above) has 24-bit accumulators, which hold ${longest} products and more.`,
  ];
}

/** How the figures came about, as pairs of name and text. */
function provenance({ tool, library, generator, command, proof }: ComparisonReport): Pair[] {
  return [
    ['command', command],
    ['synthesis', toolText(tool)],
    ['library', libraryText(library)],
    ['generator', generator],
    ...(proof ? ([['netlists', proofText(proof)]] as const) : []),
  ];
}

/** The tables that have rows, each with what is to be said about it. */
export const comparisonLayout = (report: ComparisonReport): Layout => ({
  sections: [
    ...section(kindColumns(report), report.kinds, kindNotes(report)),
    ...section(GOAL_COLUMNS, report.goals),
    ...section(OPTION_COLUMNS, report.options, optionNotes(report)),
  ],
  provenance: provenance(report),
});

/** The part of a page that holds the tables of one library. */
export const comparisonMarkdown = (report: ComparisonReport): string => layoutMarkdown(comparisonLayout(report));

/** The part of a page that holds what papers say of single circuits. */
export function publishedMarkdown(): string {
  return markdownLines(CIRCUIT_COLUMNS, PUBLISHED_CIRCUITS).join('\n');
}
