import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { type NpyArray, parse } from 'npyjs';
import { describe, expect, it } from 'vitest';
import { BLOCK_FORMATS } from '../../../../gen/numerics/blocks/block-format.js';
import { scaleFormat } from '../../../../gen/numerics/blocks/scale-format.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { readModel } from '../../../../scripts/network/onnx/model.js';
import { readFloats } from '../../../../scripts/network/onnx/tensor.js';
import { littleEndian, unpackCodes } from '../../../../scripts/network/quantise/packing.js';
import type { LayerReport } from '../../../../scripts/network/quantise/report.js';
import { reportText } from '../../../../scripts/network/quantise/report-text.js';
import { addQuantiseOptions, quantiseOptionsOf } from '../../../../scripts/network/quantise/request.js';
import { runNetwork } from '../../../support/network-run.js';
import { type GraphParts, modelBytes, node, randomTensor } from '../../../support/onnx.js';

/** The options of a command line. */
function optionsOf(...args: string[]) {
  const program = addQuantiseOptions(new Command().exitOverride().configureOutput({ writeErr: () => {} }));
  program.parse(args, { from: 'user' });
  return quantiseOptionsOf(program.opts());
}

describe('blocks on the command line', () => {
  it('are those of a format, or of a size and scales', () => {
    expect(optionsOf().weightBlocks).toBeUndefined();
    expect(optionsOf('--weight-format', 'nvfp4').weightBlocks).toEqual({
      size: 16,
      scales: 'e4m3',
      rule: 'largest',
      types: ['e2m1'],
    });
    expect(optionsOf('--weight-format', 'mxfp4', '--block', '64', '--scales', 'fp16').weightBlocks).toEqual({
      size: 64,
      scales: 'fp16',
      rule: 'largest',
      types: ['e2m1'],
    });
    expect(optionsOf('--block', '32', '--scales', 'free', '--scale-rule', 'error').weightBlocks).toEqual({
      size: 32,
      scales: 'free',
      rule: 'error',
    });
  });

  it.each([
    [['--block', '32'], /--scales: .*e8m0.*--weight-format/],
    [['--scales', 'e8m0'], /--block: .*32.*--weight-format/],
    [['--scale-rule', 'error'], /--block: [\s\S]*--scales: /],
    [['--block', '0', '--scales', 'e8m0'], /--block: given 0;/],
    [['--weight-format', 'mxint8'], /mxint8 has 8 bits, and --bits is 4; give --bits 8/],
    [['--weight-format', 'mxfp4', '--group-size', '8'], /--group-size/],
    [['--weight-format', 'mxfp4', '--objective', 'output'], /--objective/],
    [['--weight-format', 'mxfp5'], /mxfp5.*mxfp4/],
    [['--block', '8', '--scales', 'e5m2'], /e5m2.*e8m0/],
  ])('%j is refused', (args, message) => {
    expect(() => optionsOf(...args)).toThrow(message);
  });
});

/** A convolution and a linear layer whose reductions, 18 and 27, no block divides. */
const MODEL: GraphParts = {
  nodes: [
    node('Conv', ['x', 'filters'], 'conv', { strides: [2, 2] }),
    node('Relu', ['conv'], 'features'),
    node('Flatten', ['features'], 'flat'),
    node('Gemm', ['flat', 'w'], 'y', { transB: 1 }),
  ],
  constants: { filters: randomTensor([3, 2, 3, 3], 1), w: randomTensor([6, 27], 3) },
  input: ['n', 2, 7, 7],
};
const SAMPLES = randomTensor([5, 2, 7, 7], 9);

type Weights = Extract<LayerReport['second'], { kind: 'weights' }>;
const weightsOf = (layer: LayerReport | undefined): Weights => layer?.second as Weights;

describe('a network with weights in blocks', () => {
  it.each([
    ['mxfp4', {}, 4 + 8 / 27],
    ['nvfp4', {}, 4 + (2 * 8) / 27 + 32 / (27 * 6)],
    ['mxant4', { rounding: 'compensated' }, 4 + 8 / 27],
    ['nvant4', { biasCorrection: true }, 4 + (2 * 8) / 27 + 32 / (27 * 6)],
  ] as const)('%s: files, network and array have the numbers of codes and scales', async (name, options, bits) => {
    const { types, scales, block } = BLOCK_FORMATS.get(name) as NonNullable<ReturnType<typeof BLOCK_FORMATS.get>>;
    const weightBlocks = {
      size: block,
      scales: scales.name,
      rule: 'largest',
      types: types.map((type) => type.name),
    } as const;
    const { folder, report, inferred, network } = await runNetwork(modelBytes(MODEL), {
      samples: SAMPLES,
      options: { ...options, weightBlocks },
    });
    const npy = (file: string) =>
      parse(new Uint8Array(readFileSync(join(folder, file))).buffer) as NpyArray<Uint8Array>;
    const rounded = readModel(readFileSync(join(folder, report.files.quantised)), 'q');
    for (const layer of report.layers) {
      const { k, n, type: typeName, groups, groupRows, blockScales, files, shape } = weightsOf(layer);
      const type = numericType(typeName);
      expect(types).toContain(type);
      expect([groups, groupRows]).toEqual([Math.ceil(k / block), Math.min(k, block)]);
      const codes = unpackCodes(npy(files.codes).data, n, type.bits);
      const stored = npy(files.scaleCodes as string);
      expect(stored.shape).toEqual([groups, n]);
      const [format, tensorScale] = [scaleFormat(blockScales?.format ?? ''), blockScales?.tensorScale ?? Number.NaN];
      // An integer of 4 bits counts in quarters, an element of E2M1 in halves, the others in ones.
      const step = { int4: 1 / 4, e2m1: 1 / 2, flint4: 1, pot4: 1 }[typeName] as number;
      const product = network.plan.layers.find(({ product: { name: own } }) => own === layer.name)?.product;
      const tensor = readFloats(rounded.constants.get(`${layer.output}__weights`) as never, 'w');
      expect(tensor.shape).toEqual(shape);
      expect(product?.node.opType).toBe(layer.op);
      for (let i = 0; i < tensor.data.length; i++) {
        // Filters lie behind each other, in Gemm with transB rows as well.
        const [row, col] = [i % k, Math.floor(i / k)];
        const scale = format.decode(stored.data[Math.floor(row / block) * n + col] as number);
        const value = Number(type.decode(codes[row * n + col] as number));
        expect(tensor.data[i]).toBe(Math.fround(value * step * scale * tensorScale));
      }
    }
    expect(weightsOf(report.layers[1]).bitsPerElement).toBeCloseTo(bits, 12);
    expect(reportText(report)).toContain('scale-codes.npy');
    expect(inferred.exact).toBe(true);
    for (const { onnx } of inferred.outputs) expect(onnx.relativeError).toBeLessThan(1e-4);
  });

  it('counts scales in the average width', async () => {
    const weightBlocks = { size: 9, scales: 'fp16', rule: 'largest' } as const;
    const { report } = await runNetwork(modelBytes(MODEL), { samples: SAMPLES, options: { weightBlocks } });
    // 3 filters of 18 weights in 2 blocks, 6 columns of 27 in 3.
    const scales = 3 * 2 + 6 * 3;
    const weights = 3 * 18 + 6 * 27;
    expect(report.totals.weightBits).toBeCloseTo(4 + (16 * scales) / weights, 12);
    const activations = 2 * 49 + 27;
    expect(report.totals.averageBits).toBeCloseTo(4 + (16 * scales) / (weights + activations), 12);
  });

  it('has layers of 8 bits in blocks, too', async () => {
    const weightBlocks = { size: 16, scales: 'e8m0', rule: 'largest', types: ['flint4'] } as const;
    const { report } = await runNetwork(modelBytes(MODEL), {
      samples: SAMPLES,
      options: { weightBlocks, wide: ['last'] },
    });
    expect(report.layers.map((layer) => [weightsOf(layer).type, weightsOf(layer).blockScales?.format])).toEqual([
      ['flint4', 'e8m0'],
      ['int8', 'e8m0'],
    ]);
  });
});

describe('scale codes in files', () => {
  it('have the low byte first', () => {
    expect([...littleEndian(Uint32Array.of(0x3c01, 2), 2)]).toEqual([1, 0x3c, 2, 0]);
    expect([...littleEndian(Uint32Array.of(0x7fc00001), 4)]).toEqual([1, 0, 0xc0, 0x7f]);
  });
});
