import { cpSync, mkdtempSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../../gen/base/errors.js';
import { loadNetwork } from '../../../scripts/network/infer/load.js';
import { inferText } from '../../../scripts/network/infer/report.js';
import type { QuantiseOptions } from '../../../scripts/network/quantise/options.js';
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

describe('a quantised network on disk', () => {
  /** A copy of what `quantize` wrote, changed. */
  const changed = (folder: string, change: (folder: string) => void): string => {
    const copy = join(mkdtempSync(join(tmpdir(), 'ant-rtl-load-')), 'net');
    cpSync(folder, copy, { recursive: true });
    change(copy);
    return copy;
  };
  const CODES = 'layers/scores/codes.npy';
  const flip = (file: string, at: number, bit: number) => (folder: string) => {
    const bytes = readFileSync(join(folder, file));
    const place = at < 0 ? bytes.length + at : at;
    bytes[place] = (bytes[place] as number) ^ (1 << bit);
    writeFileSync(join(folder, file), bytes);
  };

  it.each<Partial<QuantiseOptions>>([{}, { bits: 8, groupSize: 4 }, { biasCorrection: true }])(
    'is read back, and refused with a bit of codes or scales changed (%o)',
    async (options) => {
      const { folder } = await runNetwork(modelBytes(TWO), { samples: SAMPLES, options });
      expect(() => loadNetwork(folder)).not.toThrow();
      const attempts: [string, number, number][] = [
        [CODES, -1, 0],
        [CODES, -2, 3],
        // The exponent of the last scale.
        ['layers/scores/scales.npy', -2, 5],
      ];
      for (const [file, at, bit] of attempts) {
        const copy = changed(folder, flip(file, at, bit));
        expect(() => loadNetwork(copy)).toThrow(UserError);
        expect(() => loadNetwork(copy)).toThrow(/layers\/scores\/codes\.npy: .*\blayer scores\b.*fake-quantised\.onnx/);
      }
    },
  );

  it("is refused with a file that is cut short, or is another layer's", async () => {
    const { folder } = await runNetwork(modelBytes(TWO), { samples: SAMPLES });
    for (const file of [CODES, 'layers/scores/scales.npy']) {
      const size = readFileSync(join(folder, file)).length;
      for (const length of [size - 1, size - 9, 40, 0]) {
        const copy = changed(folder, (to) => truncateSync(join(to, file), length));
        expect(() => loadNetwork(copy)).toThrow(UserError);
        expect(() => loadNetwork(copy)).toThrow(file);
      }
    }
    const copy = changed(folder, (to) => cpSync(join(to, 'layers/boxes/codes.npy'), join(to, CODES)));
    expect(() => loadNetwork(copy)).toThrow(/scores\/codes\.npy holds 5 x 4, and report\.json says 5 x 2\b/);
  });
});
