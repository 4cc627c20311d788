import { typeBits, typeNumber } from '../../../../gen/commands/machine.js';
import { randomSource } from '../../../../gen/golden/vectors.js';
import type { Codes } from '../../../../scripts/network/compile/evaluate.js';
import {
  type IntegerLayer,
  type IntegerNetwork,
  type IntegerTensor,
  outputSize,
  POINT,
  type PoolLayer,
  type ProductLayer,
  tensorOf,
} from '../../../../scripts/network/compile/network.js';

/** A network under construction: every tensor, weight and constant at random, from a seed. */
export class RandomNetwork {
  private readonly random;
  private readonly tensors: IntegerTensor[] = [];
  private readonly layers: IntegerLayer[] = [];

  constructor(seed: number) {
    this.random = randomSource(seed);
  }

  input(height: number, width: number, channels: number, type = 'uint4'): string {
    return this.tensor('input', { height, width, channels, type });
  }

  private tensor(prefix: string, size: Omit<IntegerTensor, 'name' | 'scale'>): string {
    const name = `${prefix}${this.tensors.length}`;
    this.tensors.push({ ...size, name, scale: 1 });
    return name;
  }

  private like(input: string, window: ProductLayer['window'], channels: number, type: string): string {
    const [height, width] = outputSize(tensorOf({ tensors: this.tensors }, input), window);
    return this.tensor('tensor', { height, width, channels, type });
  }

  /** @param copy Type of a copy. @returns the output, and the copy. */
  product(
    input: string,
    channels: number,
    parts: Partial<ProductLayer> & { type?: string; copyType?: string } = {},
  ): [output: string, copy: string] {
    const { type = 'uint4', copyType, weightType = 'int4', window = POINT, groups = 1, ...rest } = parts;
    const { channels: inChannels } = tensorOf({ tensors: this.tensors }, input);
    const taps = window.kernel[0] * window.kernel[1];
    const depth = (taps * inChannels) / groups;
    const output = this.like(input, window, channels, type);
    const copy = copyType === undefined ? '' : this.like(input, window, channels, copyType);
    // Sums of random codes are about 30 times the root of their number; 8-bit operands some 16 times that each.
    const size = 30 * Math.sqrt(depth) * (weightType === 'int8' ? 16 : 1);
    const step = size / (type.endsWith('8') ? 100 : 6);
    const multipliers = Array.from({ length: channels }, () =>
      Math.floor(2 ** 15 * (1 + this.random.below(1000) / 1000)),
    );
    const shift = 16 + Math.round(Math.log2(step));
    this.layers.push({
      ...{ kind: 'product', name: `layer${this.layers.length}`, input, output, window, groups, weightType },
      weights: this.codes(channels * depth, weightType),
      biases: multipliers.map(() => this.random.below(Math.ceil(size)) - Math.floor(size / 2)),
      ...{
        multipliers,
        shift,
        ...(copy === '' ? {} : { copy: { tensor: copy, shift: shift - 3, relu: true } }),
        ...rest,
      },
    });
    return [output, copy];
  }

  pool(
    input: string,
    reduce: PoolLayer['reduce'],
    window: PoolLayer['window'],
    parts: Partial<PoolLayer> & { type?: string } = {},
  ): string {
    const { type = 'uint4', ...rest } = parts;
    const { channels } = tensorOf({ tensors: this.tensors }, input);
    const output = this.like(input, window, channels, type);
    const name = `layer${this.layers.length}`;
    this.layers.push({ kind: 'pool', name, input, output, window, reduce, multiplier: 0x8000, shift: 15, ...rest });
    return output;
  }

  private codes(count: number, type: string): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.random.below(2 ** typeBits(typeNumber(type))));
  }

  network(...outputs: readonly string[]): IntegerNetwork {
    const inputs = this.tensors.map(({ name }) => name).filter((name) => name.startsWith('input'));
    return { tensors: this.tensors, inputs, outputs, layers: this.layers };
  }

  inputs(): Codes {
    return new Map(
      this.tensors
        .filter(({ name }) => name.startsWith('input'))
        .map(({ name, height, width, channels, type }) => [name, this.codes(height * width * channels, type)]),
    );
  }
}
