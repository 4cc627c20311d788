import { describe, expect, it } from 'vitest';
import { inferText } from '../../../scripts/network/infer/report.js';
import { calculatingArray, runNetwork } from '../../support/network-run.js';
import { type GraphParts, int64Proto, modelBytes, node, randomTensor } from '../../support/onnx.js';

/** Two outputs, each of a layer of its own; the second one's layer comes last. */
const TWO: GraphParts = {
  nodes: [
    node('MatMul', ['x', 'w'], 'h'),
    node('Relu', ['h'], 'r'),
    node('MatMul', ['r', 'v'], 'scores'),
    node('MatMul', ['r', 'u'], 'boxes'),
  ],
  constants: { w: randomTensor([6, 5], 1), v: randomTensor([5, 3], 2), u: randomTensor([5, 8], 3) },
  input: ['n', 6],
  outputs: ['scores', 'boxes'],
};
const SAMPLES = randomTensor([4, 6], 9);
/** Sums of the three layers for the four samples. */
const SUMS = 4 * (5 + 3 + 8);

describe('a network on the array', () => {
  it('passes when all sums and all outputs are the reference', async () => {
    const { inferred } = await runNetwork(modelBytes(TWO), { samples: SAMPLES });
    expect(inferred).toMatchObject({ exact: true, sums: SUMS, wrongSums: 0, samples: 4 });
    expect(inferred.outputs.map(({ name, exact }) => [name, exact])).toEqual([
      ['scores', true],
      ['boxes', true],
    ]);
    expect(inferText(inferred)).toMatch(/^PASS net: all 64 sums and all 2 outputs \(scores, boxes\) of 4 samples\b/m);
  });

  it('fails when a layer that feeds the second output alone is wrong', async () => {
    let tiles = 0;
    const counting = await runNetwork(modelBytes(TWO), {
      samples: SAMPLES,
      array: calculatingArray((sum) => {
        tiles++;
        return sum;
      }),
    });
    expect(counting.inferred.exact).toBe(true);
    // The last layer's tiles are the last ones: two blocks of columns of a 4 x 4 array.
    const last = tiles - 2 * 16;
    const { inferred } = await runNetwork(modelBytes(TWO), {
      samples: SAMPLES,
      array: calculatingArray((sum, at) => (at >= last ? sum + 50n : sum)),
    });
    expect(inferred).toMatchObject({ exact: false, sums: SUMS, wrongSums: 4 * 8 });
    expect(inferred.outputs.map(({ exact }) => exact)).toEqual([true, false]);
    expect(inferred.mismatch).toMatch(/^boxes, product 0, \[0, 0\]/);
    expect(inferText(inferred)).toMatch(/^FAIL net: 32 of 64 sums .*: boxes$/m);
  });

  it('fails when a sum is wrong that no output shows', async () => {
    const hidden: GraphParts = {
      ...TWO,
      nodes: [node('MatMul', ['x', 'w'], 'h'), node('Clip', ['h', 'low', 'low'], 'r'), node('MatMul', ['r', 'v'], 'y')],
      constants: { ...TWO.constants, low: { shape: [], data: Float32Array.of(1) } },
      outputs: ['y'],
    };
    const { inferred } = await runNetwork(modelBytes(hidden), {
      samples: SAMPLES,
      array: calculatingArray((sum, at) => (at === 0 ? sum + 1n : sum)),
    });
    expect(inferred).toMatchObject({ exact: false, wrongSums: 1 });
    expect(inferred.outputs.map(({ exact }) => exact)).toEqual([true]);
    expect(inferText(inferred)).toMatch(/^FAIL net: 1 of /m);
  });

  it('counts samples by the input, whatever the outputs are', async () => {
    const detector: GraphParts = {
      nodes: [node('Conv', ['x', 'f'], 'c', { pads: [1, 1, 1, 1] }), node('Reshape', ['c', 'rows'], 'boxes')],
      constants: {
        f: randomTensor([4, 1, 3, 3], 1),
        rows: int64Proto('', [-1, 4]),
      },
      input: ['n', 1, 6, 6],
    };
    const { inferred, report } = await runNetwork(modelBytes(detector), { samples: randomTensor([2, 1, 6, 6], 4) });
    expect(inferred.samples).toBe(2);
    expect(inferred.macs).toBe(2 * 36 * 9 * 4);
    expect(inferred.outputs[0]?.float).toMatchObject({ agreement: null, elements: 2 * 36 * 4 });
    expect(report.totals.macs).toBe(36 * 9 * 4);
  });
});
