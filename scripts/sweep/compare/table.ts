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

/** Published core area per PE over the reference's, and each kind beside the reference with PEs of as many lanes. */
function sharingColumns({ reference, lanes, kinds }: ComparisonReport): TextColumn<KindRow>[] {
  const at = (name: string, number: number): KindRow | undefined =>
    kinds.find((row) => row.kind === name && row.lanes === number);
  const published = kinds.find(({ kind }) => kind === reference)?.published;
  const publishedRatio = ({ published: own }: KindRow): string =>
    own && published ? `${decimal(publishedPerPe(own) / publishedPerPe(published), 2)} (${own.node} nm)` : NONE;
  const ratioColumns = (of: string, area: (row: KindRow) => number | null): TextColumn<KindRow>[] =>
    lanes.map((number) => ({
      title: `${of}N = ${number}`,
      text: ({ kind }) => {
        const [own, other] = [at(kind, number), at(reference, number)].map((row) => row && area(row));
        return own && other ? decimal(own / other, 2) : NONE;
      },
    }));
  return [
    { title: `core per MAC/cycle over that of ${reference}`, left: true, text: ({ kind }) => kind },
    { title: 'published', text: publishedRatio },
    ...ratioColumns('', ({ perProduct }) => perProduct),
    ...ratioColumns('8 bits, ', ({ perEightBitProduct }) => perEightBitProduct),
  ];
}

function kindColumns({ reference, isoArea }: ComparisonReport): TextColumn<KindRow>[] {
  return [
    { title: 'kind', left: true, text: ({ kind }) => kind },
    { title: 'lanes', text: ({ lanes }) => String(lanes) },
    { title: 'PE, GE', text: ({ measured }) => decimal(measured.pe, 1) },
    { title: `PE / ${reference}`, text: ({ peRatio }) => decimal(peRatio, 2) },
    { title: 'accumulator bits', text: ({ measured }) => decimal(measured.accumulatorBits, 0) },
    { title: 'decoder, GE', text: ({ measured }) => decimal(measured.decoder, 1) },
    { title: 'decoder / PE', text: ({ measured, lanes }) => percent((measured.decoder * lanes) / measured.pe) },
    { title: 'decoders in core', text: ({ measured }) => percent(measured.decoderShare) },
    { title: 'core, GE per MAC/cycle', text: (row) => decimal(row.perProduct, 1) },
    {
      title: 'core, GE per 8-bit MAC/cycle',
      text: ({ perEightBitProduct: area }) => (area === null ? NONE : decimal(area, 1)),
    },
    {
      title: 'PEs in iso-area',
      text: ({ kind, lanes }) =>
        decimal(isoArea.find((entry) => entry.kind === kind && entry.lanes === lanes)?.pes ?? Number.NaN, 0),
    },
    { title: `core per PE / ${reference}`, text: ({ coreRatio }) => decimal(coreRatio, 2) },
    { title: 'published PEs', text: ({ published }) => (published ? decimal(published.pes, 0) : NONE) },
  ];
}

const GOAL_COLUMNS: readonly TextColumn<Goal>[] = [
  { title: 'goal', left: true, text: ({ what }) => what },
  { title: 'lanes', text: ({ lanes }) => String(lanes) },
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

function kindNotes({ size, longest, gateEquivalent, reference, oneLane }: ComparisonReport): string[] {
  return [
    `GE: ${gateEquivalent}. Cores of ${size} x ${size} PEs, everything included.`,
    `Accumulators of 24 bits, or of what ${longest} products take; output stationary, read-out bus, one stage, the same registers and streams.`,
    'Lanes: products that a PE adds up in a cycle. Ratios and iso-area are of equal lanes.',
    ...oneLane.map(({ kind, reason }) => `${kind} has one lane: ${reason}.`),
    'Decoder: in the periphery, for all types of its port, mean of the lanes of rows and columns; over the PE: as many as a PE has lanes.',
    'Per 8-bit MAC/cycle: the core divided by its 8-bit products per cycle, a quarter of the lanes of all PEs where four PEs make one.',
    `Iso-area: PEs with their share of the periphery that fit into the core of ${reference}.`,
  ];
}

/** What is said of the kinds at equal lanes. */
function sharingNotes({ kinds }: ComparisonReport): string[] {
  const sources = new Set(kinds.flatMap(({ published }) => published?.source ?? []));
  return [
    'N: lanes of all PEs of a column. A ratio is the throughput that is lost, or won, at equal area and equal sharing. 8 bits: core per 8-bit MAC/cycle.',
    ...(sources.size > 0
      ? [
          `Published: core area per PE over that of ANT, at the node given, and PEs of the core: ${[...sources].join('; ')}.`,
        ]
      : []),
  ];
}

/** A row for each kind, that of its first number of lanes. */
const firstForms = ({ kinds }: ComparisonReport): KindRow[] =>
  kinds.filter((row, i) => kinds.findIndex(({ kind }) => kind === row.kind) === i);

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
    ...section(sharingColumns(report), firstForms(report), sharingNotes(report)),
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
