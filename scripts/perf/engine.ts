import { UserError } from '../../gen/base/errors.js';
import { type Machine as Sizes, tilePixels, typeBits, typeNumber, wordBytes } from '../../gen/commands/machine.js';
import { BUFFERS, type BufferName, COMMAND_BYTES } from '../../gen/commands/table.js';
import { type CompiledNetwork, compile } from '../network/compile/compile.js';
import { type EngineSpeed, predictJob } from '../network/compile/cycles/predict.js';
import { commandCost } from '../network/compile/estimate.js';
import { type IntegerTensor, POINT, type ProductLayer, type Window } from '../network/compile/network.js';
import { type Layer, macsOf } from './layer.js';
import { LOOP } from './loops.js';
import type { LayerBits } from './problem.js';
import type { Schedule } from './search.js';
import { emptyStats, type Stats, scaledStats } from './stats.js';

/** A layer on this project's engine: compiled alone, and run through the compiler's cycle model, for each sample. */
export function engineSchedule(layer: Layer, bits: LayerBits, samples: number, speed: EngineSpeed): Schedule {
  const compiled = compiledLayer(layer, bits, speed.machine);
  const [{ outWidth, input, output, tiling }] = compiled.layers as [CompiledNetwork['layers'][number]];
  return {
    stats: scaledStats(statsOf(compiled, layer, bits, speed), samples),
    tile: {
      ...{ batch: 1, row: tiling.bands[0] as number, column: outWidth, inChannel: input.channels },
      outChannel: Math.ceil(output.channels / tiling.parts.length),
    },
    order: tiling.partsOutside ? INSIDE : OUTSIDE,
  };
}

/** Bands within parts of channels, and parts within bands. */
const INSIDE = [LOOP.column, LOOP.inChannel, LOOP.row, LOOP.outChannel, LOOP.batch];
const OUTSIDE = [LOOP.column, LOOP.inChannel, LOOP.outChannel, LOOP.row, LOOP.batch];

/** A multiplier and a shift with which no layer of a real network overflows; cycles do not depend on them. */
const [MULTIPLIER, SHIFT] = [2 ** 15, 20];

function compiledLayer(layer: Layer, bits: LayerBits, machine: Sizes): CompiledNetwork {
  const count = layer.kind === 'convolution' ? 1 : (layer.count ?? 1);
  const { input, weights, output, window, groups } = shapeOf(layer);
  const [own, results] = [widthOf(bits.operands), widthOf(bits.results)];
  const [inputType, weightType, outputType] = [
    typeOf(machine.activationTypes, own),
    typeOf(machine.weightTypes, own),
    typeOf(machine.resultTypes, results),
  ];
  const tensors: IntegerTensor[] = [];
  const tensor = (name: string, size: Size, type: string): string => {
    tensors.push({ name, ...size, type, scale: 1 });
    return name;
  };
  const layers = Array.from({ length: count }, (_, i): ProductLayer => {
    const { channels } = output;
    return {
      ...{ kind: 'product', name: layer.name, window, groups, weightType, shift: SHIFT },
      input: tensor(`input ${i}`, input, inputType),
      weights: { tensor: tensor(`weights ${i}`, weights, weightType) },
      output: tensor(`output ${i}`, output, outputType),
      ...{ biases: Array(channels).fill(0), multipliers: Array(channels).fill(MULTIPLIER) },
    };
  });
  const named = (prefix: string): string[] => tensors.map(({ name }) => name).filter((name) => name.startsWith(prefix));
  const inputs = [...named('input'), ...named('weights')];
  return compile(machine, { tensors, inputs, outputs: named('output'), layers });
}

type Size = Pick<IntegerTensor, 'height' | 'width' | 'channels'>;

function shapeOf(layer: Layer): { input: Size; weights: Size; output: Size; window: Window; groups: number } {
  const rows = (height: number, channels: number): Size => ({ height, width: 1, channels });
  const product = (m: number, k: number, n: number) => ({
    ...{ input: rows(m, k), weights: rows(k, n), output: rows(m, n), window: POINT, groups: 1 },
  });
  switch (layer.kind) {
    case 'linear':
      return product(layer.rows, layer.inFeatures, layer.outFeatures);
    case 'attention':
      return product(layer.m, layer.k, layer.n);
    case 'convolution': {
      const { inChannels, outChannels, groups, kernel, stride, input, output } = layer;
      const pads = (['height', 'width'] as const).map((side) =>
        Math.max(0, (output[side] - 1) * stride + kernel[side] - input[side]),
      ) as [number, number];
      const [top, left] = pads.map((pad) => Math.floor(pad / 2)) as [number, number];
      return {
        input: { ...input, channels: inChannels },
        weights: rows((inChannels / groups) * kernel.height * kernel.width, outChannels),
        output: { ...output, channels: outChannels },
        window: {
          ...{ kernel: [kernel.height, kernel.width], stride: [stride, stride], dilation: [1, 1] },
          pad: [top, left, pads[0] - top, pads[1] - left],
        },
        groups,
      };
    }
  }
}

/** Codes have 4 or 8 bits. */
const widthOf = (bits: number): number => (bits <= 4 ? 4 : 8);

/** @throws UserError where the engine has no such type. */
function typeOf(types: readonly string[], bits: number): string {
  const found = types.find((name) => typeBits(typeNumber(name)) === bits);
  if (found === undefined) throw new UserError(`the engine has no type of ${bits} bits among ${types.join(', ')}`);
  return found;
}

/** Of a sample. Traffic is that of the commands; buffers are read by words. */
function statsOf(
  { machine, commands, layers }: CompiledNetwork,
  layer: Layer,
  bits: LayerBits,
  speed: EngineSpeed,
): Stats {
  const stats = emptyStats();
  const width = widthOf(bits.operands);
  const word = (buffer: BufferName): number => 8 * wordBytes(machine, buffer);
  stats.macs = macsOf(layer);
  stats.work = stats.macs / (8 / width) ** 2;
  stats.cycles = predictJob(speed, commands).cycles;
  stats.dramReads = 8 * COMMAND_BYTES * commands.length;
  let array = 0;
  for (const each of commands) {
    const cost = commandCost(machine, each, speed);
    array += cost.array;
    if (each.name === 'load') {
      stats.dramReads += 8 * cost.bytes;
      const buffer = BUFFERS.find(({ number }) => number === each.buffer)?.name;
      if (buffer === 'activation') stats.activationWrites += 8 * cost.bytes;
      else stats.weightWrites += 8 * cost.bytes;
    } else if (each.name === 'store') {
      stats.dramWrites += 8 * cost.bytes;
      stats.resultReads += 8 * cost.bytes;
      stats.resultWrites += 8 * cost.bytes;
    } else if (each.name === 'product') {
      const pixels = Math.ceil((each.out_height * each.out_width) / tilePixels(machine, width));
      stats.weightReads += each.groups * each.column_tiles * pixels * (layers[0]?.weights?.steps ?? 0) * word('weight');
      stats.activationReads += (cost.array * word('activation') * width) / 4;
    }
  }
  stats.stall = Math.max(0, stats.cycles - array);
  return stats;
}
