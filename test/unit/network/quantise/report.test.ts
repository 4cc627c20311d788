import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../../../../gen/base/markup.js';
import { histogramSvg, isLogarithmic, niceTicks } from '../../../../scripts/network/quantise/histogram-svg.js';
import { typeColours } from '../../../../scripts/network/quantise/plots.js';
import { type LayerReport, type QuantiseReport, REPORT } from '../../../../scripts/network/quantise/report.js';
import { reportHtml } from '../../../../scripts/network/quantise/report-html.js';
import { reportText, shortName, typeShares } from '../../../../scripts/network/quantise/report-text.js';
import { missedBudget } from '../../../../scripts/network/quantise/verdict.js';

type Activation = LayerReport['activation'];

/** Counts of a bell with long tails. */
const bell = (): number[] =>
  Array.from({ length: 120 }, (_, i) => Math.round(20000 * Math.exp(-(((i - 60) / 14) ** 2))));

const activation = (rest: Partial<Activation> = {}): Activation => ({
  tensor: 'relu_0',
  type: 'uflint4',
  scale: 0.0625,
  blocks: null,
  bitsPerElement: 4,
  zeroPoint: 0,
  taken: false,
  elements: 12544,
  least: 0,
  greatest: 4.2,
  relativeError: 0.081,
  considered: [
    { type: 'uint4', relativeError: 0.142 },
    { type: 'uflint4', relativeError: 0.081 },
    { type: 'upot4', relativeError: 0.19 },
  ],
  histogram: {
    low: 0,
    high: 4.2,
    counts: Array.from({ length: 120 }, (_, i) => Math.round(90000 * Math.exp(-i / 9))),
  },
  ...rest,
});

const weights = {
  kind: 'weights',
  tensor: 'conv1.weight',
  shape: [64, 3, 3, 3],
  k: 27,
  n: 64,
  type: 'int4',
  taken: false,
  groups: 1,
  groupRows: 27,
  taps: 1,
  scales: { least: 0.0123, greatest: 0.0987 },
  blockScales: null,
  bitsPerElement: 4,
  relativeError: 0.1054,
  considered: [
    { type: 'int4', relativeError: 0.1054 },
    { type: 'flint4', relativeError: 0.118 },
    { type: 'pot4', relativeError: 0.182 },
  ],
  histogram: { low: -8.3, high: 7.9, counts: bell() },
  files: { codes: 'layers/001/codes.npy', scales: 'layers/001/scales.npy', scaleCodes: null, zeroPoints: null },
} satisfies LayerReport['second'];

const layer = (rest: Partial<LayerReport> = {}): LayerReport => ({
  name: 'conv1',
  title: '/conv1',
  op: 'Conv',
  output: 'conv1_out',
  bits: 4,
  products: { count: 1, m: 784, k: 27, n: 64, samples: 1 },
  activation: activation(),
  second: weights,
  correction: null,
  images: {
    folder: 'images/001',
    rows: 16,
    cols: 16,
    activationBits: 4,
    weightBits: 4,
    accumulatorBits: 24,
    beats: [27, 27, 27],
  },
  ...rest,
});

const zeros = layer({
  name: 'zeros',
  activation: activation({
    tensor: 'nothing',
    type: 'int4',
    scale: 1,
    least: 0,
    greatest: 0,
    relativeError: null,
    considered: [
      { type: 'int4', relativeError: null },
      { type: 'flint4', relativeError: null },
    ],
    histogram: { low: 0, high: 0, counts: [500, ...Array<number>(119).fill(0)] },
  }),
});

const attention = layer({
  name: '/blocks/blocks.0/attention/scores/MatMul',
  op: 'MatMul',
  output: 'scores_out',
  bits: 8,
  products: { count: 12, m: 197, k: 64, n: 197, samples: 1 },
  activation: activation({ tensor: 'queries', type: 'int8', relativeError: 0.0061, considered: [] }),
  second: {
    ...activation({ tensor: 'keys', type: 'int8', relativeError: 0.0054, considered: [] }),
    kind: 'activation',
  },
  images: null,
});

const comparison = (samples: number, error: number | null): QuantiseReport['outputs']['calibration'] => ({
  samples,
  error,
  why: error === null ? 'output scores: 2 elements are NaN' : '',
  outputs: [
    {
      name: 'scores',
      type: 'float32',
      shape: [16, 10],
      elements: 160,
      equal: 3,
      relativeError: error === null ? null : Math.sqrt(error),
      cosine: error === null ? null : 0.998,
      largestError: error === null ? null : 0.25,
      agreement: { kind: 'classes', alike: 15, decisions: 16 },
      note: '',
    },
    {
      name: 'label',
      type: 'int64',
      shape: [16],
      elements: 16,
      equal: 15,
      relativeError: null,
      cosine: null,
      largestError: null,
      agreement: null,
      note: 'holds int64',
    },
  ],
});

const report = (layers: LayerReport[], rest: Partial<QuantiseReport> = {}): QuantiseReport =>
  REPORT.parse({
    generator: 'ant-rtl 0.1.0',
    model: {
      name: 'residual',
      sha256: 'c0ffee',
      opset: 17,
      inputs: [{ name: 'image', type: 'float32', shape: [1, 28, 28] }],
      outputs: ['scores', 'label'],
      samplesAtOnce: null,
      sequence: false,
    },
    calibration: { source: 'train.npy', samples: 256, heldOut: 64 },
    options: { bits: 4, types: ['int', 'flint', 'pot'], attention: true, clips: [] },
    files: { float: 'float.onnx', quantised: 'quantised.onnx' },
    layers,
    leftOut: [
      { title: 'depthwise3', op: 'Conv', reason: 'a grouped convolution', macs: 338688 },
      { title: 'attention4', op: 'Attention', reason: 'not supported', macs: null },
    ],
    totals: {
      macs: 1354752,
      macsLeftOut: 338688,
      averageBits: 4.25,
      weightBits: 4,
      bitsOfAll: 7.5,
      bitsPerMac: 9.6,
    },
    outputs: {
      calibration: comparison(256, 0.0016),
      heldOut: comparison(64, 0.0025),
    },
    integer: null,
    warnings: ['few rows'],
    ...rest,
  });

const usual = report([layer(), zeros, attention]);

/** Tags opened and closed in order; elements without content aside. */
function expectWellFormed(html: string): void {
  const open: string[] = [];
  for (const [, close, name, empty] of html.matchAll(/<(\/?)([a-z][a-z0-9]*)(?:\s(?:"[^"]*"|[^">])*?)?(\/?)>/gi)) {
    if (empty === '/' || ['meta', 'br'].includes(name as string)) continue;
    if (close === '') open.push(name as string);
    else expect(open.pop()).toBe(name);
  }
  expect(open).toEqual([]);
}

describe('report as text', () => {
  it('has a line for each layer, with what is null or computed marked', () => {
    const text = reportText(usual);
    expect(text).toMatch(/\bresidual\b.*\b17\b.*\bimage 1 x 28 x 28\b.*\bscores, label$/m);
    expect(text).toMatch(/\b256\b.*\btrain\.npy\b.*\b64\b.*held out$/m);
    expect(text).toMatch(/^bits +4\.25 .*\b4\.00\b.*\b7\.50\b.*\b9\.60\b.*\b20\.00 %.*\b1 product\b/m);
    expect(text).toMatch(/^error +4\.00 % .*\n +5\.00 % .*held out$/m);
    expect(text).toMatch(/^scores +5\.00 % +0\.99800 +0\.250 +1\.9 % +15 of 16 /m);
    expect(text).toMatch(/^label +- +- +- +93\.8 % /m);
    expect(text).toMatch(/^warning: few rows$/m);
    expect(text).toMatch(/1 {2}conv1 +Conv +4 {2}784 x 27 x 64 +uflint4 +8\.10 % {2}int4 +10\.54 %/);
    expect(text).toMatch(/2 {2}zeros .*int4 +all zero/);
    expect(text).toMatch(/3 {2}.*scores\/MatMul .*197 x 64 x 197 \(x 12\) +int8 +0\.61 % {2}int8 \* +0\.54 %/);
    expect(text).toMatch(/^\* .*activation/m);
    expect(text).toMatch(/depthwise3 +Conv +338,688 MACs, 20\.00 % +a grouped convolution$/m);
    expect(text).toMatch(/attention4 +Attention +MACs not known +not supported$/m);
    expect(text).toMatch(/layers\/<layer>\/: codes\.npy, scales\.npy .*\b2\b.*\b3\b/);
    expect(text).toMatch(/layers\/<layer>\/: weights\.hex, activations\.hex, expected\.hex .*\b2\b.*\b3\b/);
  });

  it('has the figures of whole integers, and what is left to the host', () => {
    const moved = { tensor: 'image', to: 'engine', type: 'uint8', elements: 784, bytes: 784 } as const;
    const node = { name: 'n', op: 'Softmax', reason: null, macs: null };
    const text = reportText(
      report([layer()], {
        integer: {
          file: 'whole-integer.onnx',
          tensors: [
            { tensor: 'image', type: 'uint8', scale: 1, copy: null },
            { tensor: 'conv1_out', type: 'uflint4', scale: 0.5, copy: { type: 'uint8', scale: 0.125 } },
          ],
          jobs: 3,
          macs: { engine: 900, host: 100 },
          host: [node, node, { name: 'odd', op: 'Einsum', reason: 'no Einsum', macs: 100 }],
          moved: [moved, { ...moved, tensor: 'scores', to: 'host', bytes: 10 }],
          differences: [
            { tensor: 'small', alone: 0.01, whole: 0.02 },
            { tensor: 'conv1_out', alone: 0.03, whole: null },
          ],
          outputs: comparison(8, 0.0009),
          accuracy: { source: 'images', samples: 200, right: { float: 180, quantised: 170, integer: 168 }, alike: 190 },
        },
      }),
    );
    expect(text).toMatch(/^whole integers +90\.00 % .*\b3 jobs\b.*\b2 tensors, 1 of /m);
    expect(text).toMatch(/^error +3\.00 %$/m);
    expect(text).toMatch(/^right +84\.00 %;.* 85\.00 %,.* 90\.00 %, of 200 images$/m);
    expect(text).toMatch(/^alike +95\.00 % /m);
    expect(text).toMatch(/^moved +784 bytes .* 10 bytes /m);
    expect(text).toMatch(/^on the host +odd \(Einsum\): no Einsum; 10\.00 % /m);
    expect(text).toMatch(/^on the host +2 Softmax$/m);
    expect(text).toMatch(/^conv1_out +uint8 +3\.00 % +all zero\nsmall +1\.00 % +2\.00 %$/m);
    expect(text).toMatch(/^in whole integers +whole-integer\.onnx$/m);
  });

  it('counts the tensors of each type', () => {
    expect(reportText(usual)).toMatch(/int4 +3 +50 % +1 +2\n/);
    expect(typeShares(usual).map(({ type, operands }) => [type, operands])).toEqual([
      ['int4', 3],
      ['int8', 2],
      ['uint4', 0],
      ['flint4', 0],
      ['uflint4', 1],
      ['pot4', 0],
      ['upot4', 0],
    ]);
  });

  it('does without layers, skipped products and weights', () => {
    const empty = reportText(report([], { leftOut: [] }));
    expect(empty).not.toMatch(/undefined|NaN|M x K x N/);
    expect(empty).toMatch(/^size +0 /m);
    expect(reportText(report([attention], { leftOut: [] }))).not.toMatch(/codes\.npy|scales\.npy/);
  });

  it('keeps the end of long names and nothing that steers a terminal', () => {
    expect(shortName('conv1', 28)).toBe('conv1');
    expect(shortName('/blocks/blocks.0/attention/scores/MatMul', 28)).toBe('…/attention/scores/MatMul');
    expect(shortName('a'.repeat(30) + 'b'.repeat(30), 13)).toBe('aaaa…bbbbbbbb');
    expect(shortName('x\u001b[2J\u202ey\n')).toBe('x?[2J?y?');
    expect(reportText(report([layer({ name: '\u001b[31m' })]))).not.toContain('\u001b');
    expect(reportText(report([layer({ name: '' })]))).toContain('conv1_out');
  });
});

describe('an error that cannot be computed', () => {
  const broken = report([layer()], { outputs: { calibration: comparison(8, null), heldOut: null } });

  it('is said to be so, with the reason, and is never a number', async () => {
    const text = reportText(broken);
    expect(text).toMatch(/^error +cannot be computed: output scores: 2 elements are NaN\b/m);
    expect(text).not.toMatch(/NaN %|null/);
    expect(await reportHtml(broken)).not.toMatch(/NaN %|null/);
  });

  it('meets no budget', () => {
    expect(missedBudget(broken, { kind: 'error', limit: 1e9 })).toHaveLength(1);
    expect(missedBudget(report([layer()]), { kind: 'error', limit: 0.002 }), 'held out: 0.0025').toHaveLength(1);
    expect(missedBudget(report([layer()]), { kind: 'error', limit: 0.003 })).toEqual([]);
    const usual = report([layer()]);
    const calibration = { ...usual.outputs.calibration, error: null, why: 'output y: sizes' };
    const half = { ...usual, outputs: { ...usual.outputs, calibration } };
    expect(usual.outputs.heldOut?.error).toBeLessThan(1);
    expect(missedBudget(half, { kind: 'error', limit: 1e9 })).toEqual([expect.stringContaining('(output y: sizes)')]);
  });
});

describe('report as HTML', () => {
  it('names every layer, puts every type into the legend and is well formed', async () => {
    const html = await reportHtml(usual);
    expectWellFormed(html);
    for (const { name, output } of usual.layers) {
      expect(html).toContain(`<dd>${name}</dd>`);
      expect(html).toContain(`output ${output}</dd>`);
    }
    const legend = html.slice(html.indexOf('id="legend"'), html.indexOf('</table>'));
    for (const { type } of typeShares(usual)) expect(legend).toContain(`>${type}</span>`);
    expect(html).toContain('4.00 %');
    expect(html).toContain('1,354,752');
    expect(html).toContain('all zero');
    for (const { title, reason } of usual.leftOut) expect(html).toMatch(new RegExp(`${title}[\\s\\S]*${reason}`));
    expect(html).toContain(['int', 'flint', 'pot'].join(', '));
    expect(html.match(/<svg class="histogram"/g)).toHaveLength(6);
    expect(html).not.toMatch(/NaN|Infinity|undefined|\[object/);
  });

  it('needs neither network nor scripts', async () => {
    const html = await reportHtml(usual);
    const outside = html.replaceAll('http://www.w3.org/2000/svg', '').replaceAll('http://www.w3.org/1999/xlink', '');
    expect(outside).not.toMatch(/https?:|<script|<link|src=|@import|url\(/);
  });

  it('escapes names of the network wherever they occur', async () => {
    const evil = `"'><script>alert(1)</script>&\u0000<img src=x>{{generator}}`;
    const tensor = { ...activation({ tensor: evil }), kind: 'activation' as const };
    const hostile = report([layer({ name: evil, output: evil, correction: evil, second: tensor })], {
      generator: evil,
      model: {
        name: evil,
        sha256: evil,
        opset: 1,
        inputs: [{ name: evil, type: evil, shape: [] }],
        outputs: [evil],
        samplesAtOnce: 1,
        sequence: false,
      },
      calibration: { source: evil, samples: 1, heldOut: 0 },
      warnings: [evil],
      files: { float: evil, quantised: evil },
      options: { [evil]: { [evil]: evil } },
      leftOut: [{ title: evil, op: evil, reason: evil, macs: 1 }],
    });
    const html = await reportHtml(hostile);
    expectWellFormed(html);
    expect(html).not.toMatch(/<script|<img/);
    expect(html).not.toContain('\u0000');
    expect(html).toContain('{{generator}}');
    expect(escapeHtml(`<a b="c" d='e'>&`)).toBe('&lt;a b=&quot;c&quot; d=&#39;e&#39;&gt;&amp;');
  });

  it('does without layers and without weights', async () => {
    const empty = await reportHtml(report([], { leftOut: [], options: {} }));
    expectWellFormed(empty);
    expect(empty).not.toMatch(/undefined|NaN/);
    expect(empty).not.toContain('<svg');
    const computed = await reportHtml(report([attention]));
    expectWellFormed(computed);
    for (const tensor of ['queries', 'keys']) expect(computed).toContain(`<dd>${tensor}</dd>`);
    expect(computed).not.toContain('scales.npy');
    expect(computed).toContain('int8</span> *');
  });

  it('draws a hundred layers of the same name on several plots of moderate size', async () => {
    const html = await reportHtml(report(Array.from({ length: 100 }, () => layer({ name: 'same' }))));
    expectWellFormed(html);
    expect(html.match(/<svg [^>]*class="marks"/g)).toHaveLength(3);
    expect(html).toContain('100 same</text>');
    expect(html.length).toBeLessThan(1.5e6);
  });
});

describe('histogram', () => {
  const plot = (histogram: LayerReport['activation']['histogram'], type = 'int4', scale = 1): string =>
    histogramSvg({ histogram, type, scale, colour: '#000' });
  const rules = (svg: string): string[] =>
    [...(/class="rules"[^>]* d="([^"]*)"/.exec(svg)?.[1] ?? '').matchAll(/M/g)].map(String);

  it('has a rule for each value of the type, of wide types too', () => {
    expect(rules(plot({ low: -7, high: 7, counts: bell() }))).toHaveLength(16);
    expect(rules(plot({ low: -7, high: 7, counts: bell() }, 'flint4'))).toHaveLength(15);
    expect(rules(plot({ low: -7, high: 7, counts: bell() }, 'int8'))).toHaveLength(256);
  });

  it('draws counts by their logarithm where the least would vanish', () => {
    expect(isLogarithmic({ low: 0, high: 1, counts: [10, 0, 5] })).toBe(false);
    expect(isLogarithmic({ low: 0, high: 1, counts: [1000, 0, 5] })).toBe(true);
    expect(isLogarithmic({ low: 0, high: 1, counts: [] })).toBe(false);
  });

  it('stands values that are all the same, no values, and scales far from 1', () => {
    for (const histogram of [
      { low: 0, high: 0, counts: [9, 0] },
      { low: 3, high: 3, counts: [9, 0] },
      { low: 0, high: 0, counts: [] },
      { low: 0, high: 1, counts: [0, 0] },
    ]) {
      for (const scale of [0, 1e-30, 1, 1e30]) {
        const svg = plot(histogram, 'int4', scale);
        expect(svg).not.toMatch(/NaN|Infinity/);
        expectWellFormed(svg);
      }
    }
  });

  it('marks round numbers', () => {
    expect(niceTicks(-8.2, 7.7)).toEqual([-5, 0, 5]);
    expect(niceTicks(0, 0.31)).toEqual([0, 0.1, 0.2, 0.3]);
  });
});

describe('colours', () => {
  it('tells the types of a family apart', () => {
    const colours = typeColours(['int4', 'uint4', 'int8', 'flint4', 'pot4', 'e2m1']);
    expect(new Set([...colours.values()].map(({ fill }) => fill)).size).toBe(6);
  });
});
