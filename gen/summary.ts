import type { Configuration } from './config/parameters.js';
import { operandLayout } from './elaborate/decoder.js';
import type { Design } from './elaborate/design.js';
import type { RenderedFile } from './render/files.js';

/** What `gen` reports of a design, for programs. */
export function designSummary(design: Design, folder: string, files: readonly RenderedFile[]) {
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
    files: files.map((file) => file.path),
  };
}

/** The same for people. */
export function describeDesign(design: Design, folder: string, files: readonly RenderedFile[]): string {
  const { config, accumulator, timing, format } = design;
  return [
    `${folder}: ${whatItIs(config)}, ${files.length} files`,
    `  activations  ${config.activations.join(' ')} -> ${operandLayout(format.a)}`,
    `  weights      ${config.weights.join(' ')} -> ${operandLayout(format.w)}`,
    `  accumulators ${accumulator.bits} bits, ${accumulator.wraps ? 'wrapping beyond' : 'proven for'} K <= ${accumulator.provenK}`,
    `  latency      ${timing.latency.cycles} cycles from a tile's last beat to its ${config.arch === 'dot' ? '' : 'first row of '}results`,
    `  tile period  ${timing.tilePeriod.formula} cycles, ${timing.macsPerCycle} MAC/cycle`,
    `  top          ${design.top.name} (${config.name}.f, datasheet.md)`,
    '',
  ].join('\n');
}

function whatItIs({ arch, rows, cols, lanes, tree, drain }: Configuration): string {
  return arch === 'dot'
    ? `${rows} x ${cols} dot-product units of ${lanes} lanes, ${tree}`
    : `${rows} x ${cols} PEs, output stationary, ${drain} drain`;
}
