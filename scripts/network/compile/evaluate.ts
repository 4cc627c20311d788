import { requantiser, type Rounding } from '../../../gen/golden/requantise.js';
import { codeValues } from '../../../gen/numerics/codec.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { type IntegerLayer, type IntegerNetwork, type IntegerTensor, outputSize, tensorOf } from './network.js';

/** Codes of tensors, height x width x channels, by the tensors' names. */
export type Codes = ReadonlyMap<string, ArrayLike<number>>;

const valuesOf = (type: string): Float64Array => Float64Array.from(codeValues(numericType(type)), Number);

/**
 * The codes of all tensors of a network, by plain integer arithmetic: layer by layer, every sum of a layer on its own.
 *
 * @param inputs The codes of the network's inputs.
 */
export function evaluate(network: IntegerNetwork, inputs: Codes, rounding: Rounding = 'up'): Codes {
  const codes = new Map(inputs);
  for (const layer of network.layers) {
    for (const [name, made] of layerCodes(network, layer, codes, rounding)) codes.set(name, made);
  }
  return codes;
}

/** The codes of a layer's output, and of its copy. */
function layerCodes(network: IntegerNetwork, layer: IntegerLayer, codes: Codes, rounding: Rounding): Codes {
  const input = tensorOf(network, layer.input);
  const output = tensorOf(network, layer.output);
  const sums = layerSums(layer, input, output, codes);
  const addend = layer.addend && tensorOf(network, layer.addend.tensor);
  const addendValues = addend && valuesOf(addend.type);
  const addendCodes = layer.addend && codes.get(layer.addend.tensor);
  const made = (
    type: string,
    shift: number,
    bounds: { low?: bigint | undefined; high?: bigint | undefined },
  ): Uint8Array => {
    const encode = requantiser(numericType(type), rounding);
    return Uint8Array.from(sums, (sum, i) => {
      const c = i % output.channels;
      const value = addendValues?.[addendCodes?.[i] as number] ?? 0;
      return encode({
        sum: BigInt(sum),
        bias: BigInt(layer.kind === 'product' ? (layer.biases[c] as number) : 0),
        multiplier: BigInt(layer.kind === 'product' ? (layer.multipliers[c] as number) : layer.multiplier),
        shift,
        addend: BigInt(value),
        addendMultiplier: BigInt(layer.addend?.multiplier ?? 0),
        ...bounds,
      });
    });
  };
  const bound = (value: number | undefined): bigint | undefined => (value === undefined ? undefined : BigInt(value));
  const bounds = { low: bound(layer.low), high: bound(layer.high) };
  const result = new Map([[layer.output, made(output.type, layer.shift, bounds)]]);
  if (layer.copy) {
    const { tensor, shift, relu } = layer.copy;
    result.set(tensor, made(tensorOf(network, tensor).type, shift, { low: relu ? 0n : undefined }));
  }
  return result;
}

/** Exact sums: output height x output width x output channels. */
function layerSums(layer: IntegerLayer, input: IntegerTensor, { channels }: IntegerTensor, codes: Codes): Float64Array {
  const { kernel, stride, dilation, pad } = layer.window;
  const [outHeight, outWidth] = outputSize(input, layer.window);
  const values = valuesOf(input.type);
  const activations = Float64Array.from(codes.get(layer.input) as Uint8Array, (code) => values[code] as number);
  const sums = new Float64Array(outHeight * outWidth * channels);
  const channelSum = layer.kind === 'product' ? productOf(layer, input, channels, codes) : poolOf(layer, input);
  for (let oy = 0; oy < outHeight; oy++) {
    for (let ox = 0; ox < outWidth; ox++) {
      // Places of the window's pixels, -1 for padding.
      const taps: number[] = [];
      for (let ky = 0; ky < kernel[0]; ky++) {
        for (let kx = 0; kx < kernel[1]; kx++) {
          const y = oy * stride[0] + ky * dilation[0] - pad[0];
          const x = ox * stride[1] + kx * dilation[1] - pad[1];
          taps.push(y < 0 || y >= input.height || x < 0 || x >= input.width ? -1 : y * input.width + x);
        }
      }
      for (let n = 0; n < channels; n++) {
        sums[(oy * outWidth + ox) * channels + n] = channelSum(activations, taps, n);
      }
    }
  }
  return sums;
}

type ChannelSum = (activations: Float64Array, taps: readonly number[], channel: number) => number;

function productOf(
  { weights, weightType, groups }: Extract<IntegerLayer, { kind: 'product' }>,
  { channels: inChannels }: IntegerTensor,
  channels: number,
  codes: Codes,
): ChannelSum {
  const values = valuesOf(weightType);
  const filters = 'tensor' in weights ? turned(codes.get(weights.tensor) as Uint8Array, channels) : weights;
  const decoded = Float64Array.from(filters, (code) => values[code] as number);
  const [depth, perGroup] = [inChannels / groups, channels / groups];
  return (activations, taps, n) => {
    const first = Math.floor(n / perGroup) * depth;
    let sum = 0;
    for (const [tap, pixel] of taps.entries()) {
      if (pixel < 0) continue;
      const [a, w] = [pixel * inChannels + first, (n * taps.length + tap) * depth];
      for (let d = 0; d < depth; d++) sum += (activations[a + d] as number) * (decoded[w + d] as number);
    }
    return sum;
  };
}

/** Codes input x output channels as output x input channels. */
export function turned(codes: ArrayLike<number>, channels: number): Uint8Array {
  const depth = codes.length / channels;
  return Uint8Array.from(
    { length: codes.length },
    (_, i) => codes[(i % depth) * channels + Math.floor(i / depth)] as number,
  );
}

function poolOf({ reduce }: Extract<IntegerLayer, { kind: 'pool' }>, { channels }: IntegerTensor): ChannelSum {
  return (activations, taps, n) => {
    const values = taps.filter((pixel) => pixel >= 0).map((pixel) => activations[pixel * channels + n] as number);
    if (reduce === 'sum') return values.reduce((a, b) => a + b, 0);
    return values.length === 0 ? 0 : Math.max(...values);
  };
}
