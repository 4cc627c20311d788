import { decimal, percent, plural, type TextColumn, tableLines } from '../../../gen/base/text-table.js';
import { GENERATOR } from '../../../gen/base/version.js';
import { typeBits, typeNumber } from '../../../gen/commands/machine.js';
import type { IntegerReport } from '../quantise/report.js';
import { hostLines } from '../quantise/report-text.js';
import type { CompiledNetwork } from './compile.js';
import { predictedLayerCycles } from './cycles/layers.js';
import type { EngineSpeed } from './cycles/predict.js';
import { type CommandCost, commandCost } from './estimate.js';
import type { PreparedLayer } from './prepare.js';

/** A layer as it is compiled. */
export interface CompiledLayerReport {
  readonly name: string;
  readonly kind: 'product' | 'pool';
  readonly input: string;
  readonly output: string;
  /** Multiply-accumulates, of all images of a job; 0 of a pooling. */
  readonly macs: number;
  /** Products or vector commands. */
  readonly steps: number;
  /** Bands of rows, of all images or groups of them, and parts of channels. */
  readonly bands: number;
  readonly parts: number;
  readonly bytesLoaded: number;
  readonly bytesStored: number;
  /** Cycles that each part of the engine has to do. */
  readonly arrayCycles: number;
  readonly requantiserCycles: number;
  readonly memoryCycles: number;
  /** Cycles in which all PEs could do it. */
  readonly idealCycles: number;
  /** By the cycle model, from the end of the layer before to the end of this one. */
  readonly predictedCycles: number;
  /** Share of the PEs that multiply, over the predicted cycles. */
  readonly predictedUtilisation: number;
  readonly bound: 'array' | 'requantiser' | 'memory';
}

/** What the engine does not do. */
export interface LeftToHost {
  readonly nodes: IntegerReport['host'];
  readonly macs: number;
}

export interface CompileReport {
  readonly generator: string;
  readonly model: string;
  readonly layers: readonly CompiledLayerReport[];
  readonly commands: number;
  /** Images that a job takes. */
  readonly images: number;
  /** Times that the engine runs, with the host between. */
  readonly jobs: number;
  readonly imageBytes: number;
  readonly macs: number;
  readonly host: LeftToHost;
  readonly predictedCycles: number;
  readonly predictedUtilisation: number;
}

export function compileReport(
  compiled: CompiledNetwork,
  model: string,
  speed: EngineSpeed,
  host: LeftToHost = { nodes: [], macs: 0 },
): CompileReport {
  const { machine, commands, layers, steps, image, images, jobs } = compiled;
  const predicted = predictedLayerCycles(compiled, speed);
  const pes = machine.rows * machine.cols * machine.lanes;
  let [busy, macs] = [0, 0];
  const rows = layers.map((layer, place): CompiledLayerReport => {
    const own = commands.flatMap((command, i) => (command.name !== 'end' && command.tag === layer.index ? [i] : []));
    const costs = own.map((i) => commandCost(machine, commands[i] as (typeof commands)[number], speed));
    const sum = (of: (cost: CommandCost) => number): number => costs.reduce((total, cost) => total + of(cost), 0);
    const bytes = (name: string): number =>
      own.reduce((total, i, at) => total + (commands[i]?.name === name ? (costs[at]?.bytes ?? 0) : 0), 0);
    const cycles = predicted[place] as number;
    const work = macsOf(layer, images);
    macs += work.macs;
    busy += work.peCycles;
    const parts = {
      array: sum(({ array }) => array),
      requantiser: sum(({ requantiser }) => requantiser),
      memory: sum(({ memory }) => memory),
    };
    const bound = (Object.keys(parts) as (keyof typeof parts)[]).reduce((a, b) => (parts[b] > parts[a] ? b : a));
    return {
      ...{ name: layer.layer.name, kind: layer.layer.kind, input: layer.input.type, output: layer.output.type },
      ...{ macs: work.macs, steps: steps.filter((step) => step.layer === layer.index).length },
      ...{ bands: layer.tiling.images.length * layer.tiling.bands.length, parts: layer.tiling.parts.length },
      ...{ bytesLoaded: bytes('load'), bytesStored: bytes('store') },
      ...{ arrayCycles: parts.array, requantiserCycles: parts.requantiser, memoryCycles: parts.memory },
      ...{ idealCycles: work.peCycles / pes, predictedCycles: cycles },
      ...{ predictedUtilisation: work.peCycles / pes / cycles, bound },
    };
  });
  const predictedCycles = predicted.reduce((sum, cycles) => sum + cycles, 0);
  return {
    ...{ generator: GENERATOR, model, layers: rows, commands: commands.length, imageBytes: image.length, macs },
    ...{ jobs: jobs.length, images, host },
    ...{ predictedCycles, predictedUtilisation: busy / pes / predictedCycles },
  };
}

/** Cycles of one PE that the multiplications of all layers take. */
export const peCyclesOf = ({ layers, images }: CompiledNetwork): number =>
  layers.reduce((sum, layer) => sum + macsOf(layer, images).peCycles, 0);

/** Multiply-accumulates of a layer, and cycles of one PE that they take: two PEs for each operand of 8 bits. */
function macsOf({ layer, input, macs: each }: PreparedLayer, images: number): { macs: number; peCycles: number } {
  if (layer.kind === 'pool') return { macs: 0, peCycles: 0 };
  const macs = images * each;
  const share = (type: string): number => typeBits(typeNumber(type)) / 4;
  return { macs, peCycles: macs * share(input.type) * share(layer.weightType) };
}

const COLUMNS: readonly TextColumn<CompiledLayerReport>[] = [
  { title: 'layer', left: true, text: ({ name }) => name },
  { title: 'types', left: true, text: ({ input, output }) => `${input} to ${output}` },
  { title: 'MACs', text: ({ macs }) => decimal(macs) },
  { title: 'steps', text: ({ steps }) => decimal(steps) },
  { title: 'bytes in', text: ({ bytesLoaded }) => decimal(bytesLoaded) },
  { title: 'out', text: ({ bytesStored }) => decimal(bytesStored) },
  { title: 'array', text: ({ arrayCycles }) => decimal(arrayCycles) },
  { title: 'requantiser', text: ({ requantiserCycles }) => decimal(requantiserCycles) },
  { title: 'memory', text: ({ memoryCycles }) => decimal(memoryCycles) },
  { title: 'predicted', text: ({ predictedCycles }) => decimal(predictedCycles) },
  { title: 'utilisation', text: ({ predictedUtilisation }) => percent(predictedUtilisation) },
  { title: 'bound', left: true, text: ({ bound }) => bound },
];

export function compileText(report: CompileReport): string {
  const { model, layers, commands, jobs, images, imageBytes, macs, host } = report;
  const { predictedCycles, predictedUtilisation } = report;
  return [
    `${model}: ${decimal(commands)} commands in ${plural(jobs, 'job')}${images > 1 ? ` for ${images} images` : ''}, image of ${decimal(imageBytes)} bytes`,
    '',
    ...tableLines(COLUMNS, layers),
    '',
    `all: ${decimal(macs)} MACs, ${decimal(predictedCycles)} cycles predicted, utilisation ${percent(predictedUtilisation)}`,
    ...hostLines(host.nodes, macs + host.macs).map((line) => `on the host: ${line}`),
    '',
  ].join('\n');
}
