import { UserError } from '../../../gen/base/errors.js';
import { commandKind } from '../../../gen/commands/encode.js';
import {
  biasBits,
  bufferWords,
  codesPerWord,
  constantWords,
  type Machine,
  tilePixels,
  typeBits,
  typeNumber,
  wordBytes,
} from '../../../gen/commands/machine.js';
import type { BufferName } from '../../../gen/commands/table.js';
import { packConstants, pixelWords } from '../../../gen/golden/engine/layout.js';
import { type WeightBlocks, weightBlocks } from './blocks.js';
import { type Fold, foldLayer } from './fold.js';
import {
  type IntegerLayer,
  type IntegerNetwork,
  type IntegerTensor,
  outputSize,
  type ProductLayer,
  tensorOf,
} from './network.js';
import { type Buffers, fitsInHalves, type LayerSize, type Tiling, tile } from './tiling.js';

/** A layer with its weights as the engine takes them and its cut into steps. */
export interface PreparedLayer {
  readonly index: number;
  readonly layer: IntegerLayer;
  readonly input: IntegerTensor;
  readonly output: IntegerTensor;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Of products. */
  readonly weights: WeightBlocks | undefined;
  readonly constants: Uint8Array;
  /** Column tiles of a product, or words of the input's channels, in all. */
  readonly tiles: number;
  /** Channels of such a tile. */
  readonly tileChannels: number;
  /** Tiles of a block, and words of constants of a tile. */
  readonly blockTiles: number;
  readonly constantWords: number;
  readonly tiling: Tiling;
  /** Where several output pixels are computed as one: layer, input and size of the output are those of the fold. */
  readonly fold?: Fold;
  /** Multiply-accumulates of an image; 0 of a pooling. */
  readonly macs: number;
}

const bitsOf = (type: string): number => typeBits(typeNumber(type));

const buffersOf = (machine: Machine): Buffers => {
  const each = (of: (machine: Machine, buffer: BufferName) => number) => ({
    ...{ activation: of(machine, 'activation'), weight: of(machine, 'weight') },
    ...{ constant: of(machine, 'constant'), output: of(machine, 'output') },
  });
  return { words: each(bufferWords), bytes: each(wordBytes) };
};

/** Words of so many tiles' results of a pixel. */
export const resultWords = (machine: Machine, tiles: number, channels: number, bits: number): number =>
  Math.ceil((tiles * channels) / codesPerWord(machine, bits));

/** Words of a pixel of the input that so many tiles of channels need; undefined where each needs all. */
export function inputWords({ weights }: Pick<PreparedLayer, 'weights'>, tiles: number): number | undefined {
  if (!weights) return tiles;
  return weights.groups > 1 ? Math.ceil(tiles / weights.tiles) * weights.depthWords : undefined;
}

/** All tensors of results: the output, the copy, the second operand. */
export function resultTensors(
  network: IntegerNetwork,
  { output, copy, addend }: Pick<IntegerLayer, 'output' | 'copy' | 'addend'>,
): IntegerTensor[] {
  return [output, copy?.tensor, addend?.tensor]
    .filter((name) => name !== undefined)
    .map((name) => tensorOf(network, name));
}

/** Rows of the input from the first to the last tap of some output rows, the padding left out. */
export function inputBand(
  { layer, input }: Pick<PreparedLayer, 'layer' | 'input'>,
  from: number,
  rows: number,
): { first: number; count: number; above: number } {
  const { kernel, stride, dilation, pad } = layer.window;
  const top = from * stride[0] - pad[0];
  const bottom = (from + rows - 1) * stride[0] + (kernel[0] - 1) * dilation[0] - pad[0] + 1;
  const [first, last] = [Math.max(0, top), Math.min(input.height, bottom)];
  // A band in the padding alone takes a row that no tap reaches.
  if (first >= last) return { first: 0, count: 1, above: bottom - top };
  return { first, count: last - first, above: first - top };
}

/** Rows of the input that so many output rows need at most: where a band at an end of the input leaves its padding. */
function mostInputRows(of: Pick<PreparedLayer, 'layer' | 'input' | 'outHeight'>, rows: number): number {
  const { stride, pad } = of.layer.window;
  const last = of.outHeight - rows;
  const [below, above] = [pad[0] / stride[0], last - pad[2] / stride[0]];
  const ends = [below, above].flatMap((row) => [Math.floor(row), Math.ceil(row)]);
  const starts = [0, last, ...ends.map((row) => Math.min(last, Math.max(0, row)))];
  return Math.max(...starts.map((from) => inputBand(of, from, rows).count));
}

/** Most rows from an output row to the next that a command can say. */
const MOST_STRIDE = commandKind('product').fields.find(({ name }) => name === 'stride_y')?.most ?? 1;

/**
 * Rows of the input from an output row to the next with which a window goes from image to image; undefined where images of this
 * layer do not lie so.
 */
export function imageRows({ layer, input, outHeight }: Pick<PreparedLayer, 'layer' | 'input' | 'outHeight'>) {
  const rows = input.height / outHeight;
  const fits = outHeight === 1 ? rows <= MOST_STRIDE : rows === layer.window.stride[0];
  return fits ? rows : undefined;
}

/** The codes of a layer's weights; none of those that the host writes. */
const weightCodes = ({ weights }: ProductLayer): Uint8Array | undefined => ('tensor' in weights ? undefined : weights);

/** @throws UserError for a type that the engine does not take there. */
function requireTypes(machine: Machine, network: IntegerNetwork, layer: IntegerLayer): void {
  const { activationTypes, weightTypes, resultTypes } = machine;
  const ports = [
    {
      what: 'activations',
      option: 'activations',
      takes: activationTypes,
      types: [tensorOf(network, layer.input).type],
    },
    {
      what: 'weights',
      option: 'weights',
      takes: weightTypes,
      types: layer.kind === 'product' ? [layer.weightType] : [],
    },
    {
      ...{ what: 'results', option: 'activations', takes: resultTypes },
      types: resultTensors(network, layer).map(({ type }) => type),
    },
  ];
  const problems = ports.flatMap(({ what, option, takes, types }) =>
    types
      .filter((type) => !takes.includes(type))
      .map((type) => `no ${what} of ${type} (gen --engine --${option} ${[...takes, type].join(',')})`),
  );
  if (problems.length > 0)
    throw new UserError(`${layer.name}: the engine takes ${[...new Set(problems)].join(', and ')}`);
}

/** @throws UserError for a bias that the design's requantiser does not take. */
function requireBiases(machine: Machine, { name, biases }: ProductLayer): void {
  const most = 2 ** (biasBits(machine) - 1);
  const wrong = biases.find((bias) => bias < -most || bias >= most);
  if (wrong === undefined) return;
  throw new UserError(
    `${name}: the bias ${wrong} of a channel does not fit the ${biasBits(machine)} bits of a sum; generate an engine with a larger --max-k`,
  );
}

/** @throws UserError for a layer that does not fit into the buffers, or has types that the engine does not take. */
export function prepareLayer(machine: Machine, network: IntegerNetwork, index: number, images: number): PreparedLayer {
  const layer = network.layers[index] as IntegerLayer;
  const [input, output] = [tensorOf(network, layer.input), tensorOf(network, layer.output)];
  requireTypes(machine, network, layer);
  if (layer.kind === 'product') requireBiases(machine, layer);
  const macs = macsOf(layer, input, output);
  const plain = (): PreparedLayer =>
    prepare(machine, network, { index, images, macs, layer, ...asColumn(layer, { input, output }) }) as PreparedLayer;
  const folded = layer.kind === 'product' ? foldLayer(machine, network, layer) : undefined;
  if (!folded) return plain();
  return prepare(machine, network, { index, images, macs, ...folded }) ?? plain();
}

/** A layer whose results each need one pixel: all pixels lie one below the other, so that it can be cut behind any of them. */
function asColumn({ window }: IntegerLayer, { input, output }: Pick<PreparedLayer, 'input' | 'output'>) {
  const { kernel, stride, pad } = window;
  if ([...kernel, ...stride].some((size) => size > 1) || pad.some((size) => size > 0)) return { input, output };
  const column = (tensor: IntegerTensor): IntegerTensor => ({
    ...tensor,
    ...{ height: tensor.height * tensor.width, width: 1 },
  });
  return { input: column(input), output: column(output) };
}

function macsOf(layer: IntegerLayer, input: IntegerTensor, { height, width, channels }: IntegerTensor): number {
  if (layer.kind === 'pool') return 0;
  const [kernelHeight, kernelWidth] = layer.window.kernel;
  return height * width * channels * kernelHeight * kernelWidth * (input.channels / layer.groups);
}

/** A layer cut into steps; undefined for a folded one that does not fit into halves of the buffers. */
function prepare(
  machine: Machine,
  network: IntegerNetwork,
  of: Pick<PreparedLayer, 'index' | 'layer' | 'input' | 'output' | 'macs' | 'fold'> & { readonly images: number },
): PreparedLayer | undefined {
  const { index, layer, input, output, images, macs, fold } = of;
  const [outHeight, outWidth] = outputSize(input, layer.window);
  const weights =
    layer.kind === 'product' ? weightBlocks(machine, layer, weightCodes(layer), input, output.channels) : undefined;
  const channels = weights?.tileChannels ?? codesPerWord(machine, bitsOf(input.type));
  const tiles = weights ? weights.groups * weights.tiles : pixelWords(machine, input.channels, bitsOf(input.type));
  const least = Math.min(...resultTensors(network, layer).map(({ type }) => bitsOf(type)));
  // A block makes whole words of all results, and is a whole group where there are several.
  const wholeWords = Math.max(1, codesPerWord(machine, least) / channels);
  // Folded results are stored row by row, with all channels.
  const blockTiles = fold
    ? tiles
    : weights && weights.groups > 1
      ? lowestCommonMultiple(weights.tiles, wholeWords)
      : wholeWords;
  const records =
    layer.kind === 'product'
      ? layer.biases.map((bias, c) => ({ bias, multiplier: layer.multipliers[c] as number }))
      : [{ bias: 0, multiplier: layer.multiplier }];
  const constants = packConstants(machine, records, channels);
  const perTile = layer.kind === 'product' ? constantWords(machine, channels) : 0;
  const prepared = {
    ...{ index, layer, input, output, outHeight, outWidth, weights, constants, tiles, blockTiles },
    ...{ tileChannels: channels, constantWords: perTile, macs },
    ...(fold ? { fold } : {}),
  };
  const taps = layer.window.kernel[0] * layer.window.kernel[1];
  const ownWords = inputWords(prepared, blockTiles);
  const blockWords = ({ type }: IntegerTensor): number => resultWords(machine, blockTiles, channels, bitsOf(type));
  const size: LayerSize = {
    ...{ name: layer.name, outHeight, outWidth },
    inputRows: (rows) => mostInputRows(prepared, rows),
    rowWords: input.width * pixelWords(machine, input.channels, bitsOf(input.type)),
    blockRowWords: ownWords === undefined ? undefined : input.width * ownWords,
    blocks: Math.ceil(tiles / blockTiles),
    weightWords: weights ? blockTiles * weights.steps : 0,
    constantWords: blockTiles * perTile,
    pixelWords: resultTensors(network, layer).reduce((sum, tensor) => sum + blockWords(tensor), 0),
    addendWords: layer.addend ? blockWords(tensorOf(network, layer.addend.tensor)) : 0,
    stored: layer.copy ? 2 : 1,
    tilePixels: tilePixels(machine, bitsOf(input.type)),
    tileCycles: weights
      ? blockTiles * machine.rows * Math.ceil((taps * weights.depthWords) / (bitsOf(input.type) / 4))
      : 0,
    ...{ images, together: images > 1 && imageRows(prepared) !== undefined },
  };
  const buffers = buffersOf(machine);
  if (fold && !fitsInHalves(size, buffers)) return undefined;
  return { ...prepared, tiling: tile(size, buffers) };
}

function lowestCommonMultiple(a: number, b: number): number {
  let multiple = a;
  while (multiple % b !== 0) multiple += a;
  return multiple;
}
