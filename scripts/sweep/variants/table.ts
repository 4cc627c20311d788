import { decimal, markdownLines, type Pair, type TextColumn } from '../../../gen/base/text-table.js';
import { parameterMeta } from '../../../gen/config/parameters.js';
import { addProofs, proofText } from '../../synth/equivalence/proved.js';
import { libraryText } from '../../synth/report.js';
import { toolText } from '../../tools/yosys/identity.js';
import { pathText } from '../columns.js';
import { type Layout, layoutMarkdown, section } from '../layout.js';
import { STREAM_TILES } from '../streams.js';
import type { VariantRow, VariantsReport } from './report.js';

const percent = (share: number): string => (100 * share).toFixed(1);

function columns({ library, lengths }: VariantsReport): TextColumn<VariantRow>[] {
  return [
    { title: 'variant', left: true, text: ({ name }) => name },
    { title: 'GE per MAC/cycle', text: ({ perMac }) => decimal(perMac.gateEquivalents, 1) },
    ...(library ? [{ title: 'area per MAC/cycle', text: areaText }] : []),
    { title: 'flip-flops per MAC/cycle', text: ({ perMac }) => decimal(perMac.flipFlopBits, 1) },
    { title: 'accumulator bits', text: ({ accumulatorBits }) => decimal(accumulatorBits, 0) },
    ...(library
      ? [
          { title: 'critical path, ps', text: path() },
          { title: 'least area, ps', text: path('leastArea') },
        ]
      : [{ title: 'critical path, gates', text: path() }]),
    { title: 'latency, cycles', text: ({ streams }) => decimal(streams.at(-1)?.latency ?? Number.NaN, 0) },
    { title: 'MACs per cycle', text: ({ macsPerCycle }) => decimal(macsPerCycle, 0) },
    ...lengths.map((k, i) => ({ title: `K = ${k}, %`, text: (row: VariantRow) => utilisationText(row, i) })),
  ];
}

const path =
  (netlist?: 'leastArea') =>
  ({ name, criticalPath }: VariantRow): string =>
    pathText(criticalPath, { design: name, ...(netlist && { netlist }) });

function areaText({ perMac }: VariantRow): string {
  return decimal(perMac.area ?? Number.NaN, 1);
}

/** Utilisation in the steady state, and with fill and drain: `80.0 / 70.3`. */
function utilisationText({ streams }: VariantRow, index: number): string {
  const stream = streams[index];
  return stream === undefined ? '' : `${percent(stream.utilisation)} / ${percent(stream.utilisationWithFill)}`;
}

/** What the columns mean. */
function notes({ lengths, rows, cols, gateEquivalent, library }: VariantsReport): string[] {
  const longest = decimal(lengths.at(-1) ?? 0, 0);
  return [
    `Arrays of ${rows} x ${cols} PEs, dot-product units as listed below.`,
    `Accumulators hold any sum of ${longest} products (of ${parameterMeta('maxK').fallback} by default). Weight stationary: partial sums hold those of the ${rows} rows.`,
    `Area and flip-flops are the whole array's divided by its MACs per cycle. GE: ${gateEquivalent}${library ? '; area in the units of the library' : ''}.`,
    `Critical path: ${library ? 'logic' : 'generic gates'} between registers or ports of one module, with the module it lies in. ${library ? 'No clock-to-output, setup or wires. ' : ''}Paths through several modules are not added up.`,
    ...(library
      ? [
          'First with buffers and sized gates, which the area does not include, then (least area) of the netlist whose area is given.',
        ]
      : []),
    'Latency: from the last beat of a tile in to its first row of results out. Weight stationary: to its last row.',
    `K: MACs done / (cycles x MACs per cycle) in percent, of ${STREAM_TILES} tiles of K steps back to back on the simulated array. Weight stationary: K rows of activations stream past a tile of weights.`,
    'Of the two figures the first is the steady state, the second counts from the first beat in to the last row out.',
    "Every result is compared with the reference model's. Latency, drain and period equal the design's manifest, or the command fails.",
  ];
}

/** How the figures came about, as pairs of name and text. */
function provenance({ tool, library, simulator, generator, variants }: VariantsReport): Pair[] {
  const proofs = variants.flatMap(({ proof }) => (proof ? [proof] : []));
  return [
    ['synthesis', toolText(tool)],
    ['library', libraryText(library)],
    ['simulation', `${simulator.name} ${simulator.version}`],
    ['generator', generator],
    ...(proofs.length > 0 ? ([['netlists', proofText(proofs.reduce(addProofs))]] as const) : []),
    ...simulatedNetlists(variants).map((text): Pair => ['simulated', text]),
  ];
}

/** The netlists that were simulated and not proved, each with why and with how many vectors. */
const simulatedNetlists = (variants: readonly VariantRow[]): string[] =>
  variants
    .flatMap(({ proofs }) => proofs?.modules ?? [])
    .flatMap(({ netlist, outcome }) =>
      outcome.result === 'simulated' ? [`${netlist}, ${decimal(outcome.vectors)} vectors: ${outcome.why}`] : [],
    );

/** The table of the report. */
export const variantsLayout = (report: VariantsReport): Layout => ({
  sections: section(columns(report), report.variants, notes(report)),
  provenance: provenance(report),
});

/** By this a page is known to be one of the command's. */
export const PAGE_MARK = 'Written by `npm run variants` with `--write`, do not edit.';

const DESIGNS: readonly TextColumn<VariantRow>[] = [
  { title: 'variant', left: true, text: ({ name }) => name },
  { title: 'what it is', left: true, text: ({ description }) => description },
  {
    title: 'command',
    left: true,
    text: ({ command }) => (command === undefined ? 'this one alone' : `\`${command}\``),
  },
];

/** The report as a page, such as `docs/variants.md`. */
export const variantsMarkdown = (report: VariantsReport): string =>
  [
    '# Variants of the hardware',
    '',
    `    ${report.command}`,
    '',
    PAGE_MARK,
    '',
    layoutMarkdown(variantsLayout(report)),
    '',
    '## The designs',
    '',
    ...markdownLines(DESIGNS, report.variants),
    '',
  ].join('\n');
