import { describe, expect, it } from 'vitest';
import type { Machine } from '../../../../gen/commands/machine.js';
import { type CompiledNetwork, compile } from '../../../../scripts/network/compile/compile.js';
import { evaluate } from '../../../../scripts/network/compile/evaluate.js';
import type { IntegerNetwork, Window } from '../../../../scripts/network/compile/network.js';
import { openReference } from '../../../../scripts/network/compile/run.js';
import { smallMachine } from '../../golden/engine/machine.js';
import { RandomNetwork } from './networks.js';

const window = (parts: Partial<Window>): Window => ({
  ...{ kernel: [3, 3], stride: [1, 1], dilation: [1, 1], pad: [1, 1, 1, 1] },
  ...parts,
});

/** All tensors but the inputs, by the reference simulator and by plain arithmetic, of two jobs one after the other. */
function bothWays(machine: Machine, network: IntegerNetwork, random: RandomNetwork, images = 1): CompiledNetwork {
  const compiled = compile(machine, network, images);
  const run = openReference(compiled);
  const names = network.tensors.map(({ name }) => name).filter((name) => !network.inputs.includes(name));
  for (let job = 0; job < 2; job++) {
    const samples = Array.from({ length: images }, () => random.inputs());
    const result = run(...samples);
    expect(result.job).toMatchObject({ error: 'none', command: compiled.commands.length - 1 });
    for (const [image, inputs] of samples.entries()) {
      const expected = evaluate(network, inputs, machine.rounding);
      for (const name of names) {
        const codes = [...(expected.get(name) as Uint8Array)];
        expect([...result.codesOf(name, image)], `${name} of image ${image}`).toEqual(codes);
        if (codes.length > 20) expect(new Set(codes).size, name).toBeGreaterThan(4);
      }
    }
  }
  return compiled;
}

const TIGHT = { activation: 64, weight: 160, constant: 16, output: 64 };

describe('a compiled layer equals plain arithmetic', () => {
  const layers: [string, Partial<Machine>, (random: RandomNetwork) => string][] = [
    ['in one step', {}, (r) => r.product(r.input(4, 5, 6), 7)[0]],
    ['in bands of rows', { words: TIGHT }, (r) => r.product(r.input(13, 4, 6), 4, { window: window({}) })[0]],
    [
      'in bands and parts of channels',
      { words: TIGHT },
      (r) => r.product(r.input(9, 3, 5), 21, { window: window({ stride: [2, 1] }) })[0],
    ],
    ['in parts of channels', { words: TIGHT }, (r) => r.product(r.input(2, 2, 16), 40)[0]],
    [
      'with a window that is all padding at the ends',
      {},
      (r) => r.product(r.input(3, 3, 4), 4, { window: window({ kernel: [2, 2], pad: [3, 3, 3, 3] }) })[0],
    ],
    [
      'with dilation and strides',
      { lanes: 2 },
      (r) => r.product(r.input(11, 9, 5), 6, { window: window({ stride: [2, 3], dilation: [3, 2] }) })[0],
    ],
    [
      'of weights without a sign',
      { weightTypes: ['uint4', 'uint8'] },
      (r) => {
        const [narrow] = r.product(r.input(3, 4, 5, 'int4'), 5, { weightType: 'uint4', type: 'int4' });
        return r.product(narrow, 6, { weightType: 'uint8', type: 'int8', shift: 24 })[0];
      },
    ],
    ['of 8-bit weights, to 4 bits', {}, (r) => r.product(r.input(3, 4, 5), 5, { weightType: 'int8', type: 'int4' })[0]],
    [
      'of 8-bit weights, in parts',
      { words: { ...TIGHT, weight: 100 }, cols: 2, requantiseLanes: 1 },
      (r) => r.product(r.input(3, 4, 9), 15, { weightType: 'int8' })[0],
    ],
    [
      'of 8-bit activations',
      {},
      (r) => r.product(r.input(5, 4, 5, 'int8'), 5, { type: 'int8', window: window({}) })[0],
    ],
    [
      'of adaptive types',
      {},
      (r) => r.product(r.input(5, 4, 9, 'uflint4'), 5, { weightType: 'flint4', type: 'pot4' })[0],
    ],
    ['of groups of whole words', {}, (r) => r.product(r.input(4, 4, 16), 16, { groups: 4, window: window({}) })[0]],
    [
      'of groups, in parts',
      { words: { ...TIGHT, weight: 48, constant: 64 } },
      (r) => r.product(r.input(4, 2, 16), 64, { groups: 4 })[0],
    ],
    ['of groups that are put together', {}, (r) => r.product(r.input(4, 4, 12), 6, { groups: 6 })[0]],
    ['channel by channel', {}, (r) => r.product(r.input(5, 5, 8), 8, { groups: 8, window: window({}) })[0]],
    ['on an array that is wide', { cols: 16 }, (r) => r.product(r.input(4, 4, 6), 3, { type: 'int8' })[0]],
    ['with ties to even', { rounding: 'even' }, (r) => r.product(r.input(4, 5, 6), 7, { type: 'int8' })[0]],
  ];
  it.each(layers)('%s', (_, parts, build) => {
    const random = new RandomNetwork(3);
    const output = build(random);
    bothWays(smallMachine(parts), random.network(output), random);
  });

  it.each([
    ['maximum', window({ stride: [2, 2] })],
    ['sum', window({ kernel: [2, 2], pad: [0, 0, 0, 0], stride: [2, 2] })],
  ] as const)('as %s of a window, in bands', (reduce, of) => {
    const random = new RandomNetwork(5);
    const output = random.pool(random.input(12, 4, 6), reduce, of, reduce === 'sum' ? { shift: 17 } : {});
    const words = { ...TIGHT, activation: 56 };
    bothWays(smallMachine({ words }), random.network(output), random);
  });
});

describe('a compiled network equals plain arithmetic', () => {
  /** A block with a shortcut, as residual networks have them, then the mean and a matrix product. */
  function residual(random: RandomNetwork): IntegerNetwork {
    const [first, wide] = random.product(random.input(8, 6, 3, 'uint8'), 8, {
      window: window({}),
      copyType: 'uint8',
      low: 0,
    });
    const [inner] = random.product(first, 8, { window: window({}), type: 'uflint4', low: 0 });
    const [sum] = random.product(inner, 8, {
      ...{ window: window({}), addend: { tensor: wide, multiplier: 9000 }, type: 'uint8', low: 0, high: 200 },
    });
    const mean = random.pool(
      sum,
      'sum',
      { ...window({ pad: [0, 0, 0, 0] }), kernel: [8, 6] },
      { type: 'uint8', shift: 20 },
    );
    const [output] = random.product(mean, 10, { weightType: 'int8', type: 'int8' });
    return random.network(output);
  }

  it.each([
    ['with buffers that hold layers', {}],
    ['with small buffers', { words: { ...TIGHT, activation: 400, weight: 320 } }],
    ['of a wide array, whose tiles are longer than the words of a pixel', { cols: 16 }],
    ['with four lanes', { rows: 8, cols: 8, lanes: 4 }],
  ])('%s', (_, parts) => {
    const random = new RandomNetwork(7);
    bothWays(smallMachine(parts), residual(random), random);
  });

  it.each([
    ['with buffers that hold layers', 3, {}],
    ['with small buffers', 2, { words: { ...TIGHT, activation: 400, weight: 320 } }],
    ['with four lanes', 5, { rows: 8, cols: 8, lanes: 4 }],
  ])('of several images a job, %s', (_, images, parts) => {
    const random = new RandomNetwork(7);
    bothWays(smallMachine(parts), residual(random), random, images);
  });
});

describe('output pixels of a row', () => {
  const wide = { rows: 16, cols: 16, requantiseLanes: 4 };
  const LARGE = { activation: 300, weight: 4000, constant: 600, output: 900 };
  const cases: [string, Partial<Machine>, number, number, Partial<Window>, object][] = [
    ['six at a time, the last one alone', wide, 13, 1, {}, { pixels: 6, words: 3, step: 6, zeros: 1, rowCodes: 20 }],
    ['six at a time, of a row that they fill', wide, 12, 1, {}, { pixels: 6, words: 2 }],
    ['three with a stride', wide, 14, 1, { stride: [2, 2] }, { pixels: 3, words: 3, step: 6 }],
    ['two of two channels', wide, 9, 2, {}, { pixels: 2, words: 5, step: 4, zeros: 2 }],
    ['without padding', wide, 15, 1, { pad: [0, 0, 0, 0] }, { pixels: 6, words: 3, zeros: 0 }],
    ['one of a row of taps in two words', wide, 11, 3, {}, { tapWords: 2, pixels: 3, words: 4, step: 9, rowCodes: 43 }],
    ['one of a row of taps in three words', wide, 9, 3, { kernel: [2, 7], stride: [2, 2] }, { tapWords: 3, pixels: 1 }],
    ['with dilated rows', wide, 15, 1, { dilation: [2, 1], kernel: [2, 4] }, { pixels: 5, words: 3 }],
    ['with lanes', { rows: 8, cols: 8, lanes: 4, words: LARGE }, 30, 1, {}, { pixels: 14, words: 3 }],
  ];
  it.each(cases)('are computed as one: %s', (_, parts, width, channels, of, fold) => {
    for (const images of [1, 3]) {
      const random = new RandomNetwork(11);
      const [first, copy] = random.product(random.input(7, width, channels, 'uint8'), 32, {
        ...{ window: window(of), copyType: 'uint8', weightType: 'int8', low: 0 },
      });
      const [output] = random.product(first, 32, { window: window({}), addend: { tensor: copy, multiplier: 900 } });
      const words = { activation: 300, weight: 2000, constant: 200, output: 900 };
      const { layers } = bothWays(smallMachine({ words, ...parts }), random.network(output), random, images);
      expect(layers[0]?.fold).toMatchObject(fold);
      expect(layers[1]?.fold).toBeUndefined();
    }
  });

  it.each([
    ['that are no whole words', 7, {}],
    ['of one column of taps', 16, { kernel: [3, 1], pad: [1, 0, 1, 0] }],
    ['of columns of taps that lie apart', 16, { dilation: [1, 2] }],
  ] as const)('are computed each alone: %s', (_, channels, of) => {
    const random = new RandomNetwork(12);
    const [output] = random.product(random.input(7, 13, 1, 'uint8'), channels, { window: window(of) });
    const { layers } = bothWays(smallMachine(wide), random.network(output), random);
    expect(layers[0]?.fold).toBeUndefined();
  });
});

describe('several images', () => {
  /** 3 x 3 pixels: two tiles of 8 and one pixel are 16 of 3 images, and of each alone. */
  const odd = (random: RandomNetwork): IntegerNetwork => {
    const [first] = random.product(random.input(3, 3, 6), 12, { window: window({}) });
    const [output] = random.product(first, 12, { window: window({}) });
    return random.network(output);
  };

  it('share tiles of the array where a command walks over them', () => {
    const random = new RandomNetwork(9);
    const machine = smallMachine({ rows: 8 });
    const { steps, commands, layers } = bothWays(machine, odd(random), random, 8);
    expect(layers.map(({ tiling }) => tiling.images)).toEqual([[8], [8]]);
    expect(steps).toHaveLength(2);
    const products = commands.flatMap((each) => (each.name === 'product' ? [each.more_images] : []));
    expect(products).toEqual([7, 7]);
  });

  it('are cut to what the buffers hold', () => {
    const random = new RandomNetwork(9);
    const words = { ...TIGHT, output: 80, weight: 500 };
    const { layers } = bothWays(smallMachine({ rows: 8, words }), odd(random), random, 7);
    for (const { tiling } of layers) {
      expect(tiling.images.reduce((sum, count) => sum + count, 0)).toBe(7);
      expect(tiling.images.length).toBeGreaterThan(1);
    }
  });

  it('of which an input is no multiple of the output are computed one after the other', () => {
    const random = new RandomNetwork(4);
    const [output] = random.product(random.input(5, 5, 6), 8);
    const [last] = random.product(output, 4, { window: window({ pad: [0, 0, 0, 0] }), type: 'int8' });
    const { layers } = bothWays(smallMachine(), random.network(last), random, 3);
    expect(layers[1]?.tiling.images).toEqual([1, 1, 1]);
  });
});

it('loads of the next step come before the results of a step', () => {
  const random = new RandomNetwork(3);
  const [output] = random.product(random.input(16, 4, 6), 4, { window: window({}) });
  const { commands, steps } = compile(smallMachine({ words: TIGHT }), random.network(output));
  expect(steps.length).toBeGreaterThan(3);
  const kinds = commands.map(({ name }) => name).join(' ');
  expect(kinds).toMatch(/^(load ){4}(product store load )+(product store ){2}end$/);
});

describe('a layer that is larger than half a buffer', () => {
  const mean = (r: RandomNetwork) =>
    r.pool(r.input(4, 4, 24, 'uint8'), 'sum', window({ kernel: [4, 4], pad: [0, 0, 0, 0] }), {
      type: 'uint8',
      shift: 19,
    });
  const ofAll = { ownChannels: false };
  const cases: [string, Partial<Machine['words']>, (random: RandomNetwork) => string, object][] = [
    [
      'is cut by the channels of its input, pooled',
      { activation: 96 },
      mean,
      { ownChannels: true, parts: [3, 3, 3, 3] },
    ],
    [
      'is cut by the channels of its input, in groups',
      { activation: 96, weight: 640 },
      (r) => r.product(r.input(6, 5, 16), 16, { groups: 4, window: window({}) })[0],
      { ownChannels: true, parts: [2, 2] },
    ],
    ['takes all of the buffer of activations', { activation: 48 }, (r) => r.product(r.input(4, 4, 30), 4)[0], ofAll],
    [
      'takes all of the buffer of weights',
      { weight: 90 },
      (r) => r.product(r.input(3, 3, 9), 11, { window: window({}) })[0],
      { ...ofAll, parts: [1, 1, 1] },
    ],
    ['takes all of the buffer of results', { output: 8 }, (r) => r.product(r.input(4, 7, 4), 4)[0], ofAll],
  ];
  it.each(cases)('%s', (_, small, build, tiling) => {
    const random = new RandomNetwork(6);
    const output = build(random);
    const words = { activation: 300, weight: 2000, constant: 200, output: 900, ...small };
    const { layers } = bothWays(smallMachine({ words }), random.network(output), random);
    expect(layers[0]?.tiling).toMatchObject(tiling);
    // Another buffer of the same size holds half of it.
    const twice = Object.fromEntries(Object.entries(small).map(([buffer, count]) => [buffer, 4 * count]));
    const large = compile(smallMachine({ words: { ...words, ...twice } }), random.network(output));
    expect(large.layers[0]?.tiling.ownChannels).toBe(false);
    expect(large.steps.length).toBeLessThanOrEqual(
      bothWays(smallMachine({ words }), random.network(output), random).steps.length,
    );
  });

  it('is refused with what it needs, and the smallest buffers that have it', () => {
    const random = new RandomNetwork(1);
    const [output] = random.product(random.input(1, 1, 400 * 8), 4);
    const network = random.network(output);
    const words = { ...TIGHT, weight: 100 };
    const refused = () => compile(smallMachine({ words }), network);
    expect(refused).toThrow(
      /layer0: .* 800 .* activation .* 64, .* 3200 .* weight .* 100; .*--activation-kib 2 --weight-kib 7$/,
    );
    compile(smallMachine({ words: { ...words, activation: 800, weight: 3200 } }), network);
  });
});
