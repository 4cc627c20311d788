import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command } from 'commander';
import { type NpyArray, parse } from 'npyjs';
import { describe, expect, it } from 'vitest';
import { blockCodec } from '../../../../gen/numerics/blocks/block-codec.js';
import { BLOCK_FORMATS } from '../../../../gen/numerics/blocks/block-format.js';
import { scaleFormat } from '../../../../gen/numerics/blocks/scale-format.js';
import { numericType } from '../../../../gen/numerics/types/table.js';
import { readModel } from '../../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../../scripts/network/onnx/samples.js';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import { type FloatTensor, readFloats } from '../../../../scripts/network/onnx/tensor.js';
import { lower } from '../../../../scripts/network/products/product.js';
import { quantiseNetwork } from '../../../../scripts/network/quantise/network.js';
import { PUBLISHED, type QuantiseOptions } from '../../../../scripts/network/quantise/options.js';
import { littleEndian, unpackCodes } from '../../../../scripts/network/quantise/packing.js';
import { activationBits, type LayerPlan } from '../../../../scripts/network/quantise/plan.js';
import type { LayerReport } from '../../../../scripts/network/quantise/report.js';
import { reportText } from '../../../../scripts/network/quantise/report-text.js';
import { addQuantiseOptions, quantiseOptionsOf } from '../../../../scripts/network/quantise/request.js';
import { runNetwork } from '../../../support/network-run.js';
import { feedsOf, floats, type GraphParts, modelBytes, modelOf, node, randomTensor } from '../../../support/onnx.js';

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

  it('are those of activations, too, where asked for', () => {
    expect(optionsOf('--weight-format', 'mxfp4', '--block-activations').weightBlocks).toMatchObject({
      size: 32,
      activations: true,
    });
    expect(optionsOf('--weight-format', 'mxfp4').weightBlocks).not.toHaveProperty('activations');
  });

  it.each([
    [['--block', '32'], /--scales: .*e8m0.*--weight-format/],
    [['--scales', 'e8m0'], /--block: .*32.*--weight-format/],
    [['--scale-rule', 'error'], /--block: [\s\S]*--scales: /],
    [['--block', '0', '--scales', 'e8m0'], /--block: given 0;/],
    [['--block-activations'], /--block: [\s\S]*--scales: /],
    [['--weight-format', 'mxint8'], /mxint8 has 8 bits, and --bits is 4; give --bits 8/],
    [['--weight-format', 'mxfp4', '--group-size', '8'], /--group-size/],
    [['--weight-format', 'mxfp4', '--objective', 'output'], /--objective/],
    [['--weight-format', 'mxfp5'], /mxfp5.*mxfp4/],
    [['--block', '8', '--scales', 'e5m2'], /e5m2.*e8m0/],
  ])('%j is refused', (args, message) => {
    expect(() => optionsOf(...args)).toThrow(message);
  });
});

/** A convolution with filters of 9 places, and a linear layer with a reduction of 27, which no block divides. */
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
      const { k, n, type: typeName, groups, groupRows, taps, blockScales, files, shape } = weightsOf(layer);
      const type = numericType(typeName);
      expect(types).toContain(type);
      // Blocks of the convolution are its two channels, at each place of the filter.
      const channels = layer.op === 'Conv' ? 2 : k;
      expect([groups, groupRows, taps]).toEqual([
        Math.ceil(channels / block) * (k / channels),
        Math.min(channels, block),
        k / channels,
      ]);
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
        const [channel, tap] = [Math.floor(row / taps), row % taps];
        const group = Math.floor(channel / block) * taps + tap;
        const scale = format.decode(stored.data[group * n + col] as number);
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
    // 3 filters of 9 places with a block each, 6 columns of 27 in 3 blocks.
    const scales = 3 * 9 + 6 * 3;
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

describe('a network with activations in blocks', () => {
  const weightBlocks = {
    size: 4,
    scales: 'e4m3',
    rule: 'largest',
    types: ['e2m1', 'int4'],
    activations: true,
  } as const;
  const MANY: GraphParts = {
    nodes: [
      node('Conv', ['x', 'filters'], 'conv', { strides: [2, 2], pads: [1, 1, 0, 0], group: 2 }),
      node('Relu', ['conv'], 'features'),
      node('Flatten', ['features'], 'flat'),
      node('Gemm', ['flat', 'w'], 'z', { transB: 1 }),
      node('Transpose', ['z'], 't', { perm: [1, 0] }),
      node('MatMul', ['z', 't'], 'y'),
    ],
    constants: { filters: randomTensor([4, 5, 3, 3], 1), w: randomTensor([6, 36], 3) },
    ...{ input: ['n', 10, 6, 6], outputs: ['y'] },
  };
  const samples = randomTensor([3, 10, 6, 6], 9);

  /** The product's rows by the codec: every block of channels at a place of the filter is rounded by itself. */
  function roundedRows(layer: LayerPlan, tensor: FloatTensor, second: readonly number[]): Float32Array {
    const { type, blocks } = layer.activation;
    const { parts, m, k, rows } = lower(layer.product, tensor.shape, second);
    const { scales, tensorScale, length, parts: groups, size } = blocks as NonNullable<typeof blocks>;
    const codec = blockCodec({ type, scales }, tensorScale);
    const channels = length / groups;
    const taps = k / channels;
    const all: number[] = [];
    for (let part = 0; part < parts; part++) {
      const given = rows(tensor.data, part);
      const own = new Float32Array(m * k);
      for (let row = 0; row < m; row++) {
        for (let tap = 0; tap < taps; tap++) {
          for (let first = 0; first < channels; first += size) {
            const at = Array.from(
              { length: Math.min(size, channels - first) },
              (_, i) => row * k + (first + i) * taps + tap,
            );
            const block = at.map((i) => given[i] as number);
            const code = codec.scaleCode(block);
            for (const [i, each] of codec.encode(block, code).entries()) {
              own[at[i] as number] = Number(type.decode(each)) * codec.step(code);
            }
          }
        }
      }
      all.push(...own);
    }
    return Float32Array.from(all);
  }

  const quantised = async (options: Partial<QuantiseOptions> = {}) => {
    const model = readModel(modelBytes(MANY), 'many.onnx');
    return quantiseNetwork(model, samplesOf('samples', samples), { ...PUBLISHED, weightBlocks, ...options });
  };

  it.each([{}, { rounding: 'compensated' } as const])(
    '%j: every product reads what the codec makes of its rows',
    async (options) => {
      const network = await quantised(options);
      const { layers } = network.plan;
      expect(layers.map(({ activation: { blocks } }) => [blocks?.axis, blocks?.length, blocks?.parts])).toEqual([
        [1, 10, 2],
        [1, 36, 1],
        [1, 6, 1],
      ]);
      expect(layers.at(-1)?.second).toMatchObject({ tensor: { blocks: { axis: 0, length: 6, parts: 1 } } });
      const read = layers.map(({ product }) => {
        const found = network.quantised.graph.node.find(({ output }) => output[0] === product.node.output[0]);
        return found?.input[0] as string;
      });
      const originals = layers.map(({ product }) => product.activation);
      const session = await openSession(network.quantised, [...read, ...originals.filter((name) => name !== 'x')]);
      const values = await session.run(feedsOf(network.quantised, samples));
      await session.close();
      for (const [i, layer] of layers.entries()) {
        const original = originals[i] === 'x' ? samples : floats(values, originals[i] as string);
        const got = floats(values, read[i] as string);
        const second = layer.second.kind === 'weights' ? layer.second.weights.shape : [6, 3];
        const { parts, rows } = lower(layer.product, got.shape, second);
        const rowsRead = Array.from({ length: parts }, (_, part) => [...rows(got.data, part)]).flat();
        expect(Float32Array.from(rowsRead)).toEqual(roundedRows(layer, original, second));
      }
    },
  );

  it('has the type with the least error, and counts scales in the average width', async () => {
    const network = await quantised();
    const first = network.plan.layers[0]?.activation as LayerPlan['activation'];
    expect(first.considered.map(({ type }) => type.name)).toEqual(['e2m1', 'int4']);
    expect(first.squaredError).toBe(Math.min(...first.considered.map(({ squaredError }) => squaredError)));
    // 5 channels of a group in 2 blocks.
    expect(activationBits({ type: first.type, blocks: first.blocks })).toBe(4 + (8 * 2) / 5);
  });

  it('is not run on arrays, which have one scale', async () => {
    const run = runNetwork(modelBytes(MODEL), { samples: SAMPLES, options: { weightBlocks } });
    await expect(run).rejects.toThrow(/lie in blocks.*--block-activations/);
  });

  it('leaves out what adds up several dimensions', async () => {
    const model = modelOf({
      nodes: [node('Einsum', ['x', 'v'], 'h', { equation: 'nab,abc->nc' }), node('MatMul', ['h', 'w'], 'y')],
      constants: { v: randomTensor([2, 3, 4], 1), w: randomTensor([4, 2], 2) },
      ...{ input: ['n', 2, 3], outputs: ['y'], opset: 13 },
    });
    const { plan } = await quantiseNetwork(model, samplesOf('samples', randomTensor([4, 2, 3], 3)), {
      ...PUBLISHED,
      weightBlocks,
    });
    expect(plan.layers).toHaveLength(1);
    expect(plan.leftOut.map(({ reason }) => reason)).toEqual([expect.stringMatching(/one dimension.*adds up 2/)]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('refuses %s in calibration samples by name', async (bad) => {
    const data = samples.data.with(7, bad);
    const run = quantiseNetwork(readModel(modelBytes(MANY), 'many.onnx'), samplesOf('samples', { ...samples, data }), {
      ...PUBLISHED,
      weightBlocks,
    });
    await expect(run).rejects.toThrow(`activations x: element 7 is ${bad}`);
  });
});

describe('scale codes in files', () => {
  it('have the low byte first', () => {
    expect([...littleEndian(Uint32Array.of(0x3c01, 2), 2)]).toEqual([1, 0x3c, 2, 0]);
    expect([...littleEndian(Uint32Array.of(0x7fc00001), 4)]).toEqual([1, 0, 0xc0, 0x7f]);
  });
});
