import type { Design } from '../rtl/design.js';
import { operandLayout } from '../rtl/operand-text.js';
import type { PackageChoice } from './package/choose.js';
import type { RenderedFile } from './rendered-file.js';

/** What became of a design's folder. */
export interface Written {
  /** As it is shown. */
  readonly folder: string;
  readonly files: readonly RenderedFile[];
  /** By-products of programs that were there before. */
  readonly removed: readonly string[];
  readonly packages: PackageChoice;
}

/** What is told of packages and of by-products, for people. */
export function folderText({ removed, packages: { names, leftOut } }: Written): string[] {
  const reasons = [...new Set(leftOut.map(({ reason }) => reason))];
  const without = reasons.map((reason) => {
    const unsuited = leftOut.filter((each) => each.reason === reason).map(({ name }) => name);
    return `${unsuited.join(', ')}: ${reason}`;
  });
  return [
    ...(names.length > 0 ? [`  packages     ${names.join(', ')}`] : []),
    ...(without.length > 0 ? [`  left out     ${without.join('; ')}`] : []),
    ...(removed.length > 0 ? [`  removed      ${removed.join(', ')} (left there by programs)`] : []),
  ];
}

/** What `gen` reports of a design, for programs. */
export function designSummary(design: Design, { folder, files, removed, packages }: Written) {
  return {
    folder,
    name: design.config.name,
    top: design.top.name,
    configurationSha256: design.hash,
    accumulatorBits: design.accumulator.bits,
    provenK: design.accumulator.provenK,
    operands: { activation: operandLayout(design.format.a), weight: operandLayout(design.format.w) },
    latencyCycles: design.timing.latency.cycles,
    tilePeriod: design.timing.tilePeriod.formula,
    macsPerCycle: design.timing.macsPerCycle,
    tileModes: design.tileModes,
    files: files.map((file) => file.path),
    ...{ removed, packages },
  };
}

/** The same for people. */
export function describeDesign(design: Design, written: Written): string {
  const { folder, files } = written;
  const { config, facts, timing, format } = design;
  return [
    `${folder}: ${facts.names.summary}, ${files.length} files`,
    `  activations  ${typesText(config.activations, config.wideActivations)} -> ${operandLayout(format.a)}`,
    `  weights      ${typesText(config.weights, config.wideWeights)} -> ${operandLayout(format.w)}`,
    `  accumulators ${accumulatorText(design)}`,
    `  latency      ${timing.latency.cycles} cycles from a tile's last beat to its ${facts.tile.resultsTogether ? '' : `${timing.latency.to} of `}results`,
    `  tile period  ${periodText(design)}`,
    `  top          ${design.top.name} (${config.name}.f, datasheet.md)`,
    ...folderText(written),
    '',
  ].join('\n');
}

function typesText(types: readonly string[], wideTypes: readonly string[]): string {
  return [types.join(' '), ...(wideTypes.length > 0 ? [`8 bits on two lanes: ${wideTypes.join(' ')}`] : [])].join('; ');
}

function periodText({ facts, timing, tileModes }: Design): string {
  const beats = facts.tile.beats === 'B' ? ` for B beats of ${facts.tile.stepsPerBeat} products` : '';
  const wide = tileModes.slice(1).map(({ aWide, wWide, macsPerCycle }) => {
    const operands = [...(aWide ? ['activations'] : []), ...(wWide ? ['weights'] : [])].join(' and ');
    return `; 8-bit ${operands}: ${macsPerCycle}`;
  });
  return `${timing.tilePeriod.formula} cycles${beats}, ${timing.macsPerCycle} MAC/cycle${wide.join('')}`;
}

function accumulatorText({ facts, accumulator, float, blocks }: Design): string {
  const { bits, wraps, provenK } = accumulator;
  if (blocks) return `binary32, rounded once a block; sums of blocks exact in ${blocks.sums.bits} bits`;
  if (float) return 'binary32, each sum rounded once; exact up to 2^24';
  if (facts.sums.passRows && !wraps) return `${bits} bits, proven for every sum of a tile`;
  return `${bits} bits, ${wraps ? 'wrapping beyond' : 'proven for'} K <= ${provenK}${facts.tile.beats === 'B' ? ' products' : ''}`;
}
