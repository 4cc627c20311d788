import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { TensorProto_DataLocation } from 'onnx-buf';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatNpyArray } from '../../../gen/base/npy.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { arrayInfoOf } from '../../../gen/design/array-info.js';
import { generate } from '../../../gen/design/generate.js';
import { loadDesign, MANIFEST_FILE, sha256 } from '../../../gen/design/manifest.js';
import { randomSource } from '../../../gen/golden/vectors.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import { numericType } from '../../../gen/numerics/types/table.js';
import { readModel } from '../../../scripts/network/onnx/model.js';
import { samplesOf } from '../../../scripts/network/onnx/samples.js';
import { openSession } from '../../../scripts/network/onnx/session.js';
import { type FloatTensor, floatProto, readFloats } from '../../../scripts/network/onnx/tensor.js';
import { floatValue } from '../../../scripts/network/onnx/value.js';
import { writeNetwork } from '../../../scripts/network/quantise/folder.js';
import { quantiseNetwork } from '../../../scripts/network/quantise/network.js';
import { PUBLISHED, type QuantiseOptions } from '../../../scripts/network/quantise/options.js';
import { type LayerReport, type QuantiseReport, REPORT } from '../../../scripts/network/quantise/report.js';
import { portTypes } from '../../../scripts/network/quantise/verdict.js';
import { requireTool } from '../../../scripts/tools/find.js';
import {
  feedsOf,
  floats,
  type GraphParts,
  int64Proto,
  modelBytes,
  node,
  randomTensor,
  tensor,
  valueInfo,
} from '../../support/onnx.js';
import { runProgram } from '../../support/program.js';
import { ROOT } from '../../../gen/base/installed.js';

const temporary = (): string => mkdtempSync(join(tmpdir(), 'ant-rtl-quantize-'));

/** A convolution, a product of two activations, a linear layer: six classes. */
const TINY: GraphParts = {
  nodes: [
    node('Conv', ['x', 'filters', 'bias'], 'conv', { pads: [1, 1, 1, 1], strides: [2, 2] }),
    node('Relu', ['conv'], 'features'),
    node('MatMul', ['features', 'features'], 'square'),
    node('Reshape', ['square', 'shape'], 'flat'),
    node('Gemm', ['flat', 'w', 'b'], 'scores', { transB: 1 }),
  ],
  constants: {
    filters: randomTensor([3, 2, 3, 3], 1),
    bias: randomTensor([3], 2),
    shape: int64Proto('', [0, -1]),
    w: randomTensor([6, 27], 3),
    b: randomTensor([6], 4),
  },
  input: ['n', 2, 6, 6],
};

/** One product only, for what is to be refused or defined. */
const linear = (weights: FloatTensor, rest: Partial<GraphParts> = {}): GraphParts => ({
  nodes: [node('MatMul', ['x', 'w'], 'y')],
  constants: { w: weights },
  input: ['n', weights.shape[0] as number],
  ...rest,
});

const SAMPLES = randomTensor([5, 2, 6, 6], 9);

/** Files of a model and its samples in a new folder. */
function files(model: GraphParts | Uint8Array, samples: FloatTensor): { folder: string; model: string; calib: string } {
  const folder = temporary();
  const [file, calib] = [join(folder, 'model.onnx'), join(folder, 'calib.npy')];
  writeFileSync(file, model instanceof Uint8Array ? model : modelBytes(model));
  writeFileSync(calib, formatNpyArray(samples.shape, samples.data));
  return { folder, model: file, calib };
}

const reportOf = (folder: string): QuantiseReport =>
  REPORT.parse(JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')));

/** Quantises into a folder of its own. */
async function quantised(model: GraphParts | Uint8Array, samples: FloatTensor, ...args: string[]) {
  const { folder, model: file, calib } = files(model, samples);
  const out = join(folder, 'out');
  const run = await runProgram('quantize', [file, '--calib', calib, '--out', out, ...args]);
  expect(run.exitCode, run.stderr).toBe(0);
  return { out, report: reportOf(out), stdout: run.stdout, calib };
}

describe('npm run quantize', () => {
  it('writes the report, the models, and codes, scales and images of every layer', async () => {
    const { out, report, stdout } = await quantised(TINY, SAMPLES);
    expect(stdout).toContain(out);
    expect(report.layers.map(({ op, output, bits }) => [op, output, bits])).toEqual([
      ['Conv', 'conv', 4],
      ['MatMul', 'square', 4],
      ['Gemm', 'scores', 4],
    ]);
    expect(report.calibration.samples).toBe(5);
    expect(report.model).toMatchObject({
      name: 'model.onnx',
      inputs: [{ name: 'x', type: 'float32', shape: [2, 6, 6] }],
      outputs: ['scores'],
    });
    // Nine outputs of 18 by 3, three products of 3 x 3 matrices, 27 by 6.
    expect(report.totals.macs).toBe(9 * 18 * 3 + 3 * 27 + 27 * 6);
    expect(report.totals.averageBits).toBe(4);
    const found = readdirSync(out, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(out.length + 1))
      .sort();
    const images = ['activations.hex', 'expected.hex', 'weights.hex'];
    const layer = (name: string, names: string[]) => names.map((file) => `layers/${name}/${file}`);
    expect(found).toEqual(
      [
        'fake-quantised.onnx',
        'float.onnx',
        'report.html',
        'report.json',
        'report.txt',
        ...layer('conv', ['codes.npy', 'scales.npy', ...images]),
        ...layer('scores', ['codes.npy', 'scales.npy', ...images]),
        ...layer('square', images),
      ].sort(),
    );
    for (const name of [report.files.float, report.files.quantised]) {
      const session = await openSession(readModel(readFileSync(join(out, name)), name));
      expect((await session.run(new Map([['x', floatValue(SAMPLES)]]))).get('scores')?.shape).toEqual([5, 6]);
      await session.close();
    }
  });

  it('prints the report as JSON', async () => {
    const { folder, model, calib } = files(TINY, SAMPLES);
    const out = join(folder, 'out');
    const run = await runProgram('quantize', [model, '--calib', calib, '--out', out, '--samples', '2', '--json']);
    expect(REPORT.parse(JSON.parse(run.stdout))).toEqual(reportOf(out));
    expect(reportOf(out).calibration.samples).toBe(2);
  });

  it('promotes layers to 8 bits within a budget, and tells when an error is not reached', {
    tags: 'rest',
  }, async () => {
    const { report } = await quantised(TINY, SAMPLES, '--budget', 'bits=6');
    expect(report.layers.map(({ bits }) => bits)).toContain(8);
    expect(report.layers.map(({ bits }) => bits)).toContain(4);
    expect(report.totals.averageBits).toBeGreaterThan(4);
    expect(report.totals.averageBits).toBeLessThanOrEqual(6);
    const named = await quantised(TINY, SAMPLES, '--wide', 'last');
    expect(named.report.layers.map(({ bits }) => bits)).toEqual([4, 4, 8]);
    expect(named.report.layers.at(-1)?.activation.type).toMatch(/^u?int8$/);
    const loose = await quantised(TINY, SAMPLES, '--budget', 'error=0.01', '--rank', 'output');
    expect(loose.report.outputs.calibration.error).toBeLessThanOrEqual(0.01);
    const { folder, model, calib } = files(TINY, SAMPLES);
    const args = [model, '--calib', calib, '--out', join(folder, 'out'), '--budget', 'error=1e-12'];
    const missed = await runProgram('quantize', args);
    expect(missed.stderr).toMatch(/\berror budget\b.*\d.*\b1e-12\b/);
    expect(missed.exitCode).toBe(1);
  });

  it('takes back errors of the result with compensated rounding', { tags: 'rest' }, async () => {
    const error = async (...args: string[]) =>
      (await quantised(TINY, SAMPLES, ...args)).report.outputs.calibration.error;
    expect(await error('--rounding', 'compensated')).toBeLessThan((await error()) as number);
  });

  it('takes an array for each of several inputs, and holds out samples where results are fitted', async () => {
    const { folder, model, calib } = files(
      {
        nodes: [node('Add', ['x', 's'], 'a'), node('MatMul', ['a', 'w'], 'y')],
        constants: { w: randomTensor([12, 3], 1) },
        input: [valueInfo('x', ['n', 12]), valueInfo('s', ['n', 12])],
      },
      randomTensor([8, 12], 2),
    );
    const out = join(folder, 'out');
    const args = [model, '--calib', `x=${calib}`, '--calib', `s=${calib}`, '--out', out, '--rounding', 'compensated'];
    const run = await runProgram('quantize', args);
    expect(run.exitCode, run.stderr).toBe(0);
    const { calibration, outputs, model: about, warnings } = reportOf(out);
    expect(about.inputs.map(({ name }) => name)).toEqual(['x', 's']);
    expect(calibration).toMatchObject({ samples: 6, heldOut: 2 });
    expect(outputs.heldOut?.error).toBeGreaterThan(0);
    expect(warnings).toEqual([expect.stringMatching(/\by \(6 rows, 12 long\)/)]);
    expect(run.stderr).toContain(warnings[0]);
  });

  it('replaces what an earlier run wrote', { tags: 'rest' }, async () => {
    const { out, calib } = await quantised(TINY, SAMPLES);
    const { model } = files(linear(randomTensor([4, 3], 1)), SAMPLES);
    writeFileSync(calib, formatNpyArray([3, 4], randomTensor([3, 4], 2).data));
    expect((await runProgram('quantize', [model, '--calib', calib, '--out', out])).exitCode).toBe(0);
    expect(readdirSync(join(out, 'layers'))).toEqual(['y']);
    expect(readdirSync(join(out, '..')).sort()).toEqual(['calib.npy', 'model.onnx', 'out']);
  });
});

/** A rounding by the values of a type alone: the nearest, of equally near ones the larger. */
function rounding(type: NumericType): (ratio: number) => number {
  const values = [...new Set(Array.from({ length: 2 ** type.bits }, (_, code) => Number(type.decode(code))))].sort(
    (a, b) => a - b,
  );
  return (ratio) => {
    let nearest = 0;
    for (let i = 1; i < values.length; i++) {
      if (Math.abs((values[i] as number) - ratio) <= Math.abs((values[nearest] as number) - ratio)) nearest = i;
    }
    return values[nearest] as number;
  };
}

/** The rule of the published framework for one scale: the least sum of squared errors over clips 0.75 to 1.49. */
function leastError(type: NumericType, values: ArrayLike<number>): number {
  const round = rounding(type);
  let [magnitude, largest] = [0, 0];
  for (let i = 0; i < values.length; i++) magnitude = Math.max(magnitude, Math.abs(values[i] as number));
  for (let code = 0; code < 2 ** type.bits; code++) largest = Math.max(largest, Number(type.decode(code)));
  if (magnitude === 0) return 0;
  let least = Number.POSITIVE_INFINITY;
  for (let clip = 75; clip <= 149; clip++) {
    const scale = ((clip / 100) * magnitude) / largest;
    let error = 0;
    for (let i = 0; i < values.length; i++) {
      const value = values[i] as number;
      const difference = value - round(value / scale) * scale;
      error += difference * difference;
    }
    if (error < least) least = error;
  }
  return least;
}

interface BruteForce {
  readonly type: string;
  readonly relativeErrors: readonly number[];
}

/** The type of a tensor by brute force: channels with a scale each, one type for all, of equals the first. */
function bruteForce(channels: readonly ArrayLike<number>[]): BruteForce {
  const all = channels.flatMap((channel) => Array.from(channel));
  const sign = all.some((value) => value < 0) ? '' : 'u';
  const names = ['int4', 'flint4', 'pot4'].map((name) => sign + name);
  const errors = names.map((name) => channels.reduce((sum, each) => sum + leastError(numericType(name), each), 0));
  const squares = all.reduce((sum, value) => sum + value * value, 0);
  return {
    type: names[errors.indexOf(Math.min(...errors))] as string,
    relativeErrors: errors.map((error) => Math.sqrt(error / squares)),
  };
}

function expectChoice(
  got: { type: string; considered: LayerReport['activation']['considered'] },
  wanted: BruteForce,
  what: string,
) {
  expect(got.type, what).toBe(wanted.type);
  for (const [i, error] of wanted.relativeErrors.entries()) {
    expect(got.considered[i]?.relativeError, what).toBeCloseTo(error, 6);
  }
}

describe('the types of a real network', () => {
  it('are those of brute force over all elements, for every tensor', { tags: 'rest' }, async () => {
    const bytes = readFileSync(join(ROOT, 'models/residual.onnx'));
    const random = randomSource(3);
    // Strokes on black, as the images that the network was trained on.
    const data = Float32Array.from({ length: 2 * 28 * 28 }, (_, i) =>
      Math.abs(((i % 28) - 14) * ((Math.floor(i / 28) % 28) - 14)) < 60 ? random.below(256) / 255 : 0,
    );
    const samples = { shape: [2, 1, 28, 28], data };
    const { report } = await quantised(new Uint8Array(bytes), samples);
    const model = readModel(bytes, 'residual');
    const session = await openSession(model, [...new Set(report.layers.map(({ activation }) => activation.tensor))]);
    const feeds = feedsOf(model, samples);
    const values = new Map([...feeds, ...(await session.run(feeds))]);
    await session.close();
    expect(report.layers.length).toBeGreaterThan(5);
    const known = new Map<string, BruteForce>();
    for (const { name, activation, second } of report.layers) {
      const wanted = known.get(activation.tensor) ?? bruteForce([floats(values, activation.tensor).data]);
      known.set(activation.tensor, wanted);
      expectChoice(activation, wanted, `${name}, activations`);
      if (second.kind !== 'weights') throw new Error(`${name} has no weights`);
      const weights = readFloats(model.constants.get(second.tensor) as never, second.tensor);
      // Filters lie behind each other, whether of a convolution or of Gemm with transB.
      const [channels = 0] = weights.shape;
      const size = weights.data.length / channels;
      const filters = Array.from({ length: channels }, (_, c) => weights.data.subarray(c * size, (c + 1) * size));
      expectChoice(second, bruteForce(filters), `${name}, weights`);
    }
  });
});

const W = randomTensor([4, 3], 1);
const X = randomTensor([6, 4], 2);
const withElement = ({ shape, data }: FloatTensor, at: number, value: number): FloatTensor => {
  const changed = data.slice();
  changed[at] = value;
  return { shape, data: changed };
};
const external = () => ({ ...floatProto('w', tensor([4, 3], [])), dataLocation: TensorProto_DataLocation.EXTERNAL });

interface Refused {
  /** Calibration samples instead of a file of `samples`. */
  readonly calib?: string;
  readonly model?: GraphParts | Uint8Array;
  readonly samples?: FloatTensor;
  readonly args?: readonly string[];
  readonly message: string | RegExp;
}

const REFUSED: Record<string, Refused> = {
  'a file that is not ONNX': {
    model: new TextEncoder().encode('weights,1,2,3\n'),
    message: /\bmodel\.onnx\b.*\bONNX\b/,
  },
  'an operator set too old': { model: linear(W, { opset: 6 }), message: /\b6\b.*\b7\b/ },
  'external data': { model: linear(W, { constants: { w: external() } }), message: /\bw\b.*\bfile\b/ },
  'no product at all': {
    model: linear(W, { nodes: [node('Relu', ['x'], 'y')] }),
    message: /\bConv\b.*\bGemm, MatMul\b/,
  },
  'no product that can be quantised': {
    model: linear(W, { nodes: [node('Einsum', ['x', 'x'], 'y', { equation: 'ij,ik->i' })] }),
    message: /\bConv\b.*\n {2}y \(Einsum\): .*adds up/,
  },
  'an operator that ONNX Runtime does not know': {
    model: linear(W, { nodes: [node('Frobnicate', ['x'], 'h'), node('MatMul', ['h', 'w'], 'y')] }),
    message: /ONNX Runtime .*Frobnicate/,
  },
  'no samples': { samples: tensor([0, 4], []), message: /\bcalib\.npy\b.*\(0, 4\)/ },
  'samples of another shape': { samples: randomTensor([6, 5], 1), message: /\b5; .*\bx\b.*\b4\b/ },
  'samples of another rank': { samples: randomTensor([6, 2, 2], 1), message: /\b2 x 2; .*\bx\b.*\b4\b/ },
  'samples that are no whole number of batches': {
    model: linear(W, { input: [4, 4] }),
    message: /\b6 samples\b.*\b4\b/,
  },
  'NaN in the samples': { samples: withElement(X, 13, Number.NaN), message: /\bsample 3\b.*\bNaN\b/ },
  'infinity in the samples': {
    samples: withElement(X, 0, Number.POSITIVE_INFINITY),
    message: /\bsample 0\b.*\bInfinity\b/,
  },
  'NaN in the weights': { model: linear(withElement(W, 5, Number.NaN)), message: /weights of y: element \d+ is NaN/ },
  'infinity in the weights': {
    model: linear(withElement(W, 5, Number.NEGATIVE_INFINITY)),
    message: /weights of y: element \d+ is -Infinity/,
  },
  'activations that overflow': {
    model: linear(W, { nodes: [node('Exp', ['x'], 'h'), node('MatMul', ['h', 'w'], 'y')] }),
    samples: withElement(X, 1, 1000),
    message: /activations h.*Infinity/,
  },
  'an unknown type': { args: ['--types', 'int,posit'], message: /--types: posit\b/ },
  'a width that no type has': { args: ['--bits', '9'], message: /--bits: given 9; .*\b2 to 8\b/ },
  'a wide layer that is not there': { args: ['--wide', 'first,z'], message: /\blayer z; .*: y/ },
  'a percentile for the error of the result': {
    args: ['--percentile', '99', '--objective', 'output'],
    message: /--percentile\b.*--objective tensor\b/,
  },
  'a budget of nothing': { args: ['--budget', 'bits'], message: '--budget: given bits' },
  'an unknown flag': { args: ['--frobnicate'], message: /'--frobnicate'/ },
  'samples that are nowhere': { calib: 'nowhere.npy', message: /\bnowhere\.npy\b/ },
  'a design that is none': { args: ['--design', tmpdir()], message: /\bmanifest\.json\b/ },
};

describe('npm run quantize refuses', () => {
  it.each(Object.entries(REFUSED))('%s, and leaves nothing behind', async (_, about) => {
    const { model = linear(W), samples = X, args = [], message } = about;
    const { folder, model: file, calib } = files(model, samples);
    const out = join(folder, 'out');
    const run = await runProgram('quantize', [file, '--calib', about.calib ?? calib, '--out', out, ...args]);
    expect(run.exitCode, run.stderr).toBe(2);
    expect(run.stderr).toMatch(message);
    expect(run.stderr).not.toMatch(/^\s+at /m);
    expect(run.stdout).toBe('');
    expect(readdirSync(folder).sort()).toEqual(['calib.npy', 'model.onnx']);
  });

  it('a design whose ports cannot hold the data, naming tensor and port', async () => {
    const designs = temporary();
    const ports: RawConfiguration[] = [
      { name: 'weights', activations: ['int4'], weights: ['uint4'] },
      { name: 'activations', activations: ['uint4', 'uflint4'], weights: ['int4'] },
    ];
    const messages = [
      /weights of y: .*\bint, flint, pot\b.*\b4 bits\b.*negative.*\buint4\b/,
      /activations x: .*\bint, flint, pot\b.*\b4 bits\b.*negative.*\buint4, uflint4\b/,
    ];
    for (const [i, raw] of ports.entries()) {
      const { folder: design } = generate(validateConfiguration({ rows: 2, cols: 2, ...raw }), designs);
      const { folder, model, calib } = files(linear(W), X);
      const run = await runProgram('quantize', [
        model,
        '--calib',
        calib,
        '--out',
        join(folder, 'out'),
        '--design',
        design,
      ]);
      expect([run.exitCode, run.stdout]).toEqual([2, '']);
      expect(run.stderr).toMatch(messages[i] as RegExp);
      expect(readdirSync(folder).sort()).toEqual(['calib.npy', 'model.onnx']);
    }
  });

  it('types that the design asked for does not take', async () => {
    const { folder: design } = generate(
      validateConfiguration({ rows: 2, cols: 2, activations: ['int4', 'uint4'], weights: ['int4'] }),
      temporary(),
    );
    const { folder, model, calib } = files(linear(W), X);
    const args = [model, '--calib', calib, '--out', join(folder, 'out'), '--design', design, '--types', 'int,e2m1'];
    const run = await runProgram('quantize', args);
    expect([run.exitCode, run.stdout]).toEqual([2, '']);
    expect(run.stderr).toMatch(/--types: .*\be2m1\b.*\bactivations\b.*\bint4, uint4\b/);
  });

  it('to replace a folder that it did not write', async () => {
    const { folder, model, calib } = files(linear(W), X);
    const out = join(folder, 'out');
    mkdirSync(out);
    writeFileSync(join(out, 'thesis.txt'), 'thesis');
    const run = await runProgram('quantize', [model, '--calib', calib, '--out', out]);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toMatch(/: thesis\.txt\b/);
    expect(readdirSync(folder).sort()).toEqual(['calib.npy', 'model.onnx', 'out']);
    expect(readFileSync(join(out, 'thesis.txt'), 'utf8')).toBe('thesis');
    rmSync(join(out, 'thesis.txt'));
    writeFileSync(join(out, 'report.json'), '{"generator": "another program 1.0"}');
    const other = await runProgram('quantize', [model, '--calib', calib, '--out', out]);
    expect(other.stderr).toContain('report.json');
    expect(readFileSync(join(out, 'report.json'), 'utf8')).toContain('another program');
  });
});

describe('npm run quantize has a defined result for', () => {
  it('an input that never changes', async () => {
    const { report } = await quantised(linear(W), tensor([3, 4], new Array(12).fill(2)));
    const { activation } = report.layers[0] as LayerReport;
    expect(activation).toMatchObject({ type: 'uint4', least: 2, greatest: 2 });
    expect(activation.relativeError).toBeLessThan(0.01);
  });

  it('an input and weights of zeros', async () => {
    const { report } = await quantised(
      linear(tensor([4, 3], new Array(12).fill(0))),
      tensor([2, 4], new Array(8).fill(0)),
    );
    const { activation, second } = report.layers[0] as LayerReport;
    expect(activation).toMatchObject({ type: 'uint4', scale: 1, relativeError: null });
    expect(second).toMatchObject({ type: 'uint4', scales: { least: 1, greatest: 1 }, relativeError: null });
    expect(report.outputs.calibration.error).toBe(0);
  });

  it('a single element', async () => {
    const { report, out } = await quantised(linear(tensor([1, 1], [-3])), tensor([1, 1], [5]), '--bias-correction');
    const { activation, second, products } = report.layers[0] as LayerReport;
    expect(products).toEqual({ count: 1, m: 1, k: 1, n: 1, samples: 1 });
    expect([activation.type, second.type]).toEqual(['uint4', 'int4']);
    expect(report.outputs.calibration.error).toBeLessThan(1e-4);
    expect(existsSync(join(out, 'layers/y/correction.npy'))).toBe(true);
  });

  it('network without products of two activations in codes', async () => {
    const { report } = await quantised(TINY, SAMPLES, '--no-attention');
    expect(report.layers.map(({ output }) => output)).toEqual(['conv', 'scores']);
    expect(report.leftOut).toEqual([expect.objectContaining({ title: 'square', op: 'MatMul', macs: 3 * 27 })]);
  });
});

/** A design, generated here. */
const design = (raw: RawConfiguration): string =>
  generate(validateConfiguration({ rows: 4, cols: 4, ...raw }), temporary()).folder;

describe('memory images', () => {
  beforeAll(() => requireTool('iverilog'));

  /** What a layer's test bench prints when it is run by the command in its head. */
  async function play(folder: string, layer: string, passes = true): Promise<string> {
    const command = /^\/\/ {3}\$ (iverilog .*)$/m.exec(readFileSync(join(layer, 'image_tb.v'), 'utf8'))?.[1];
    if (!command) throw new Error('the head of image_tb.v has no command');
    const { stdout, stderr, exitCode } = await execa(
      'bash',
      ['-c', command.replaceAll('DESIGN', folder).replace('iverilog', 'iverilog -Wall')],
      { cwd: layer, reject: false },
    );
    expect({ stderr, passed: exitCode === 0 }).toEqual({ stderr: '', passed: passes });
    return stdout;
  }

  const WIDE = { wideActivations: ['int8', 'uint8'], wideWeights: ['int8', 'uint8'] };
  const blocks = { size: 8, scales: 'e8m0', rule: 'largest' } as const;

  /** Designs with what is chosen for them, and rows of results of a tile's beat where it is not one. */
  const DESIGNS: [string, RawConfiguration, Partial<QuantiseOptions>, number?][] = [
    ['groups of rows that do not divide the reduction, a test enable', { scan: true }, { groupSize: 10 }],
    [
      'one type per port, several stages',
      { rows: 3, cols: 5, activations: ['int4'], weights: ['int4'], pipeline: 2, ports: 'axis' },
      {},
    ],
    ['reductions in parts', { accumulatorBits: 17, overflow: 'wrap' }, {}],
    ['layers of 8 bits and of 4 bits on the same design', WIDE, { wide: ['first', 'square'] }],
    ['several lanes', { lanes: 4 }, {}],
    ['clusters', { clusterRows: 2, clusterCols: 2 }, {}, 2],
    [
      'clusters, lanes, 8 bits, and blocks that do not divide the reduction',
      { ...WIDE, clusterRows: 2, clusterCols: 2, lanes: 2, ports: 'axis' },
      { wide: ['first', 'square'], weightBlocks: blocks },
      2,
    ],
  ];

  it.each(DESIGNS)('run on the array as they are: %s', async (_, raw, options, rowsPerBeat = 1) => {
    const folder = design({ name: 'image', ...raw });
    const { out, report } = await imagesFor(folder, options);
    expect(report.layers).toHaveLength(3);
    expect(report.layers.map(({ bits }) => bits)).toEqual(options.wide ? [8, 8, 4] : [4, 4, 4]);
    for (const { name, bits, images } of report.layers) {
      const printed = await play(folder, join(out, 'layers', name));
      const beats = images?.beats.reduce((sum, each) => sum + each, 0);
      // Rows of 8 bits are half as many and, of a cluster, two in a beat with nothing beside them.
      const rows = (images?.rows ?? 0) / (bits === 8 && rowsPerBeat === 1 ? 2 : rowsPerBeat);
      const results = (images?.beats.length ?? 0) * rows;
      expect(printed).toMatch(new RegExp(`PASS ${name}: ${results} .*\\b${beats} beats`));
      expect(printed).not.toContain('FAIL');
    }
  });

  /** The tiny network in images for a design. */
  async function imagesFor(folder: string, options: Partial<QuantiseOptions>) {
    const manifest = loadDesign(folder);
    const { a, w } = arrayInfoOf(manifest);
    const bytes = modelBytes(TINY);
    const network = await quantiseNetwork(readModel(bytes, 'tiny.onnx'), samplesOf('samples', SAMPLES), {
      ...PUBLISHED,
      ports: { a: portTypes(a), w: portTypes(w) },
      ...options,
    });
    const none = { samples: 0, outputs: [], error: null, why: 'not measured' };
    const out = join(temporary(), 'out');
    const outputs = { calibration: none, heldOut: null };
    const report = await writeNetwork(network, { out, bytes, options: {}, outputs, warnings: [], manifest });
    return { out, report };
  }

  it('fail when one word of a file is wrong', { tags: 'rest' }, async () => {
    const folder = design({ name: 'image_broken', ...WIDE, lanes: 2 });
    const { out } = await quantised(TINY, SAMPLES, '--design', folder, '--group-size', '10');
    const layer = join(out, 'layers/scores');
    const textOf = (file: string): string => readFileSync(join(layer, file), 'utf8');
    // The lowest lane of a beat in which the activation of the lowest lane is not zero, nor the weight.
    const beat = textOf('activations.hex')
      .split('\n')
      .findIndex((word, i) => !word.endsWith('0') && !textOf('weights.hex').split('\n')[i]?.endsWith('0'));
    const breaks = { 'weights.hex': beat, 'activations.hex': beat, 'expected.hex': 0, 'tiles.hex': 0 };
    for (const [file, line] of Object.entries(breaks)) {
      const text = textOf(file);
      const words = text.split('\n');
      words[line] = (words[line] as string).replace(/.$/, (digit) => (digit === '7' ? '1' : '7'));
      writeFileSync(join(layer, file), words.join('\n'));
      expect(await play(folder, layer, false), file).toMatch(/^FAIL scores: /m);
      writeFileSync(join(layer, file), text);
    }
    expect(await play(folder, layer)).toMatch(/^PASS scores: /m);
    const run = (args: string[]) => execa('vvp', [join(layer, 'sim'), ...args], { cwd: out, reject: false });
    expect(await run([`+folder=${layer}`, '+dump=waves.vcd'])).toMatchObject({
      exitCode: 0,
      stdout: expect.stringMatching(/^PASS /m),
    });
    expect(readFileSync(join(out, 'waves.vcd'), 'utf8')).toContain('$var');
    expect((await run([])).exitCode).not.toBe(0);
    // The second command of the head, in Verilator.
    const sources = ['-F', join(folder, 'image_broken.f'), join(layer, 'image_tb.v')];
    const options = [
      '--binary',
      '--timing',
      '-Mdir',
      'sim_dir',
      '--top-module',
      'image_tb',
      '-MAKEFLAGS',
      'OPT_FAST=-O0',
    ];
    await execa('verilator', [...options, ...sources], { cwd: out });
    const played = await execa(join(out, 'sim_dir/Vimage_tb'), [`+folder=${layer}`]);
    expect(played.stdout).toMatch(/^PASS scores: /m);
  });
});

describe('npm run infer', () => {
  const images = randomTensor([6, 2, 6, 6], 19);
  const input = join(temporary(), 'input.npy');
  writeFileSync(input, formatNpyArray(images.shape, images.data));

  it('shows that all outputs are those of the integer reference', async () => {
    const folder = design({ name: 'infer_default' });
    const { out } = await quantised(TINY, SAMPLES, '--design', folder, '--bias-correction', '--group-size', '9');
    const args = ['--design', folder, '--model', out, '--input', input];
    const run = await runProgram('infer', [...args, '--samples', '6', '--batch', '4']);
    expect(run.exitCode, run.stderr).toBe(0);
    expect(run.stdout).toMatch(/^PASS infer_default: .*\b6\b/m);
    const json = JSON.parse((await runProgram('infer', [...args, '--samples', '5', '--batch', '2', '--json'])).stdout);
    const macs = (9 * 18 * 3 + 3 * 27 + 27 * 6) * 5;
    expect(json).toMatchObject({ samples: 5, exact: true, wrongSums: 0, macs });
    expect(json.sums).toBe(5 * (9 * 3 * 2 + 27 + 6 * 3));
    expect(json.outputs).toMatchObject([
      { name: 'scores', exact: true, onnx: { agreement: { alike: 5, decisions: 5 } } },
    ]);
    expect(json.layers.map(({ name }: { name: string }) => name)).toEqual(['conv', 'square', 'scores']);
  });

  it('runs layers of 8 bits on ports that take them, and tells where a design does not', { tags: 'rest' }, async () => {
    const types = { activations: ['int4', 'flint4', 'uint4', 'int8', 'uint8'], weights: ['int4', 'flint4', 'int8'] };
    const folder = design({ name: 'infer_mixed', ...types });
    const { out, report } = await quantised(TINY, SAMPLES, '--design', folder, '--wide', 'last');
    expect(report.layers.map(({ bits, images }) => [bits, images !== null])).toEqual([
      [4, true],
      [4, true],
      [8, true],
    ]);
    const run = await runProgram('infer', ['--design', folder, '--model', out, '--input', input]);
    expect(run.stdout).toMatch(/^PASS infer_mixed: .*\b6\b/m);

    const narrow = design({ name: 'infer_narrow' });
    const { model, calib, folder: work } = files(TINY, SAMPLES);
    const args = [model, '--calib', calib, '--out', join(work, 'out'), '--design', narrow, '--wide', 'last'];
    const note = await runProgram('quantize', args);
    expect(note.stderr).toMatch(/\bscores \(8 bits\).*npm run infer\b/);
    const refused = await runProgram('infer', ['--design', narrow, '--model', join(work, 'out'), '--input', input]);
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/scores: activations u?int8, weights int8/);
  });

  it('names the layer at which a broken array differs', async () => {
    const folder = design({ name: 'infer_broken' });
    const { out } = await quantised(TINY, SAMPLES, '--design', folder);
    const path = 'rtl/infer_broken_pe.v';
    const text = readFileSync(join(folder, path), 'utf8');
    const changed = text.replace('a_sign ^ w_sign', 'a_sign | w_sign');
    expect(changed).not.toBe(text);
    writeFileSync(join(folder, path), changed);
    const manifest = JSON.parse(readFileSync(join(folder, MANIFEST_FILE), 'utf8'));
    for (const file of manifest.files) if (file.path === path) file.sha256 = sha256(changed);
    writeFileSync(join(folder, MANIFEST_FILE), JSON.stringify(manifest));
    const run = await runProgram('infer', ['--design', folder, '--model', out, '--input', input, '--samples', '6']);
    expect(run.exitCode, run.stderr).toBe(1);
    expect(run.stdout).toMatch(/^FAIL infer_broken: /m);
    expect(run.stdout).toMatch(/\blayer conv, product 0, \[\d+, \d+\]: expected -?\d+, got -?\d+/);
  });

  it('refuses what does not fit, saying what', async () => {
    const folder = design({ name: 'infer_other', activations: ['int8'], weights: ['int8'] });
    const { out } = await quantised(TINY, SAMPLES);
    const cases: [args: string[], message: RegExp][] = [
      [['--model', tmpdir(), '--samples', '2'], /report\.json/],
      [['--model', out, '--samples', '7'], /--samples 7: .* holds 6/],
      [['--model', out, '--samples', '2'], /\bactivations int8 .*\n +conv: activations \S+, weights \S+\n/],
    ];
    for (const [args, message] of cases) {
      const run = await runProgram('infer', ['--design', folder, '--input', input, ...args]);
      expect(run.exitCode, run.stderr).toBe(2);
      expect(run.stderr).toMatch(message);
    }
  });
});
