import { describe, expect, it } from 'vitest';
import { randomSource } from '../../../../gen/golden/vectors.js';
import { blockCodec } from '../../../../gen/numerics/blocks/block-codec.js';
import { SCALE_FORMATS, type ScaleFormat, scaleFormat } from '../../../../gen/numerics/blocks/scale-format.js';
import { decisionBoundaries } from '../../../../gen/numerics/codec.js';
import type { NumericType } from '../../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { type BlockGrid, placesOfBlocks } from '../../../../scripts/network/onnx/block-grid.js';
import { nextAbove, unitOf } from '../../../../scripts/network/onnx/block-rounding.js';
import { fakeQuantise } from '../../../../scripts/network/onnx/fake-quantise.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import type { FloatTensor } from '../../../../scripts/network/onnx/tensor.js';
import { feedsOf, floats, type GraphParts, modelOf, node, randomTensor } from '../../../support/onnx.js';

const LENGTH = 11;

/** A tensor as the product reads it, rounded by ONNX Runtime. */
async function rounded(
  parts: GraphParts,
  input: FloatTensor,
  type: NumericType,
  blocks: BlockGrid,
): Promise<FloatTensor> {
  const model = modelOf(parts);
  const activation = { type, scale: unitOf(type, blocks.tensorScale), blocks };
  const quantised = fakeQuantise(model, [{ output: 'y', activation }]);
  const name = quantised.graph.node.find(({ output }) => output[0] === 'y')?.input[0] as string;
  const session = await openSession(quantised, [name]);
  const results = await session.run(feedsOf(quantised, input));
  await session.close();
  return floats(results, name);
}

/** The same by the codec, element by element of each block. */
function byCodec(block: readonly number[], type: NumericType, { scales, tensorScale }: BlockGrid): number[] {
  const codec = blockCodec({ type, scales }, tensorScale);
  const code = codec.scaleCode(block);
  return Array.from(codec.encode(block, code), (each) => Math.fround(Number(type.decode(each)) * codec.step(code)));
}

/** Rows of numbers: at, just below and above decisions in a block of a given scale, at the ends of binary32, and at random. */
function rows(type: NumericType): number[][] {
  const random = randomSource(7);
  const boundaries = decisionBoundaries(type);
  const at = (i: number): number => boundaries[i % boundaries.length] as number;
  const near = (value: number): number =>
    [value, Math.fround(value * (1 + 2 ** -23)), Math.fround(value * (1 - 2 ** -23))][random.below(3)] as number;
  const made = Array.from({ length: 120 }, (_, row): number[] => {
    const scale = 2 ** (random.below(40) - 20);
    if (row % 2 === 0)
      return Array.from({ length: LENGTH }, (__, i) => near(Math.fround(at(row * LENGTH + i) * scale)));
    return Array.from({ length: LENGTH }, () => Math.fround((random.bits32() / 2 ** 31 - 1) ** 3 * scale));
  });
  const all = (value: number): number[] => new Array<number>(LENGTH).fill(value);
  const with_ = (value: number): number[] => all(1).with(2, value);
  return [
    ...made,
    ...[0, -0, 1, -1, 2 ** -149, -(2 ** -149), 2 ** -126, 3.4028234663852886e38, -3.4028234663852886e38].map(all),
    ...[Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1e-40, 3e38, 0].map(with_),
    all(0).with(10, Number.NaN),
  ];
}

const CASES: [string, string, number, number][] = [
  ['e2m1', 'e8m0', 9, 1],
  ['e2m1', 'e4m3', 13, 0.0371],
  ['e2m3', 'e8m0', 18, 1],
  ['e4m3', 'e8m0', 21, 1],
  ['e5m2', 'free', 13, 1],
  ['int4', 'e8m0', 13, 1],
  ['int8', 'fp16', 21, 1],
  ['flint4', 'e4m3', 9, 3.25],
  ['pot4', 'e8m0', 18, 1],
  ['uint4', 'free', 11, 1],
];

describe('activations in blocks are those of the codec in ONNX Runtime, bit for bit', () => {
  it.each(CASES)('%s with scales %s, operator set %i', async (typeName, format, opset, factor) => {
    const type = numericType(typeName);
    const data = rows(type).map((row) => (type.signed ? row : row.map(Math.abs)));
    const blocks: BlockGrid = {
      ...{ scales: scaleFormat(format), tensorScale: Math.fround(factor) },
      ...{ axis: 1, length: LENGTH, parts: 1, size: 4 },
    };
    const parts: GraphParts = {
      nodes: [node('MatMul', ['x', 'w'], 'y')],
      constants: { w: randomTensor([LENGTH, 1], 1) },
      ...{ input: ['n', LENGTH], outputs: ['y'], opset },
    };
    const got = await rounded(
      parts,
      { shape: [data.length, LENGTH], data: Float32Array.from(data.flat()) },
      type,
      blocks,
    );
    const wanted = data.flatMap((row) => [0, 4, 8].flatMap((from) => byCodec(row.slice(from, from + 4), type, blocks)));
    const wrong = wanted.findIndex((value, i) => !Object.is(value, got.data[i]));
    expect([wrong, wrong < 0 ? undefined : [data.flat()[wrong], wanted[wrong], got.data[wrong]]]).toEqual([
      -1,
      undefined,
    ]);
    expect(got.data.length).toBe(wanted.length);
    // Some blocks are NaN, and others not.
    expect(wanted.some(Number.isNaN)).toBe(true);
    expect(wanted.filter(Number.isFinite).length).toBeGreaterThan(1000);
  });

  it('lie along the channels of a convolution, in each of its groups, at one place of the image', async () => {
    const type = numericType('e2m1');
    const input = randomTensor([2, 6, 3, 2], 4);
    const blocks: BlockGrid = { scales: scaleFormat('e8m0'), tensorScale: 1, axis: 1, length: 6, parts: 2, size: 2 };
    const parts: GraphParts = {
      nodes: [node('Conv', ['x', 'w'], 'y', { group: 2, kernel_shape: [2, 2] })],
      constants: { w: randomTensor([4, 3, 2, 2], 1) },
      ...{ input: ['n', 6, 3, 2], outputs: ['y'], opset: 13 },
    };
    const got = await rounded(parts, input, type, blocks);
    const at = (n: number, c: number, place: number): number => (n * 6 + c) * 6 + place;
    for (const n of [0, 1]) {
      for (let place = 0; place < 6; place++) {
        for (const block of [[0, 1], [2], [3, 4], [5]]) {
          const values = block.map((c) => input.data[at(n, c, place)] as number);
          expect(block.map((c) => got.data[at(n, c, place)])).toEqual(byCodec(values, type, blocks));
        }
      }
    }
  });
});

it('both operands of a product are in blocks along what it adds up, and one tensor is rounded once for each', async () => {
  const type = numericType('e2m1');
  const model = modelOf({
    nodes: [node('MatMul', ['x', 'x'], 'y'), node('MatMul', ['x', 'x'], 'z')],
    ...{ input: [5, 5], outputs: ['y', 'z'], opset: 13 },
  });
  const grid = { scales: scaleFormat('e8m0'), tensorScale: 1, length: 5, parts: 1, size: 2 };
  const along = (axis: number) => ({ type, scale: unitOf(type, 1), blocks: { ...grid, axis } });
  const second = { kind: 'activation', activation: along(0) } as const;
  const quantised = fakeQuantise(
    model,
    ['y', 'z'].map((output) => ({ output, activation: along(1), second })),
  );
  const products = quantised.graph.node.filter(({ opType }) => opType === 'MatMul');
  const names = products[0]?.input as string[];
  expect(products[1]?.input).toEqual(names);
  const input = randomTensor([5, 5], 3);
  const session = await openSession(quantised, names);
  const results = await session.run(feedsOf(quantised, input));
  await session.close();
  const at = [(line: number, i: number) => line * 5 + i, (line: number, i: number) => i * 5 + line];
  for (const [operand, index] of at.entries()) {
    const got = floats(results, names[operand] as string).data;
    for (let line = 0; line < 5; line++) {
      for (const block of [[0, 1], [2, 3], [4]]) {
        const values = block.map((i) => input.data[index(line, i)] as number);
        expect(block.map((i) => got[index(line, i)])).toEqual(byCodec(values, type, along(1).blocks));
      }
    }
  }
});

describe('places of blocks', () => {
  it('fill each part, the last block with the rest', () => {
    expect(placesOfBlocks({ length: 10, parts: 2, size: 3 })).toEqual([
      [0, 1, 2],
      [3, 4],
      [5, 6, 7],
      [8, 9],
    ]);
    expect(placesOfBlocks({ length: 3, parts: 1, size: 32 })).toEqual([[0, 1, 2]]);
  });
});

it('the next double above is the least one above', () => {
  for (const value of [-2, -1, -(2 ** -1074), 0, 2 ** -1074, 1, 1.5, 2 ** 52]) {
    const above = nextAbove(value);
    expect(above).toBeGreaterThan(value);
    // Nothing lies between.
    const middle = value + (above - value) / 2;
    expect(middle === value || middle === above).toBe(true);
  }
});

it('all formats of scales are tried', () => {
  const tried = new Set(CASES.map(([, format]) => format));
  const names = [...SCALE_FORMATS.values()].map(({ name }: ScaleFormat) => name);
  expect([...tried].sort()).toEqual(names.sort());
});
