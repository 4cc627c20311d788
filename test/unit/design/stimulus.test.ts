import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { buildStimulus, type StimulusStream } from '../../../gen/design/bench/stimulus.js';
import { arrayInfoOfDesign, expectedResults } from '../../../gen/golden/reference.js';
import { elaborate } from '../../../gen/rtl/design.js';
import { identityOf } from '../../../gen/rtl/render/identity.js';

function stimulusOf(raw: RawConfiguration) {
  const design = elaborate(validateConfiguration(raw));
  return { design, ...buildStimulus(design, identityOf(design, 'test')) };
}

const textOf = (streams: readonly StimulusStream[]): string => streams.map(({ text }) => text).join('');

/** The words of a file as $readmemh sees them. */
function words(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('//'));
}

/** One word per beat and an end mark of the same length. */
function expectWholeWords(streams: readonly StimulusStream[]): void {
  expect(streams.length).toBeGreaterThan(0);
  for (const { beats, text } of streams) {
    const stimulus = words(text);
    expect(stimulus.length).toBe(beats + 1);
    expect(stimulus.at(-1)).toMatch(/^a+$/);
    expect(stimulus.at(-1)?.length).toBe(stimulus[0]?.replaceAll('_', '').length);
  }
}

const field = (word: string, index: number): string => word.split('_')[index] as string;

describe('the vectors of the stand-alone test bench', () => {
  it('hold one word per beat and per row of results, and an end mark each', () => {
    const { tiles, streams, expectedText } = stimulusOf({ rows: 3, cols: 5 });
    const expected = words(expectedText);
    expect(streams.map(({ beats }) => beats)).toEqual([tiles.reduce((sum, { k }) => sum + k, 0)]);
    expectWholeWords(streams);
    expect(expected.length).toBe(3 * tiles.length + 1);
    expect(expected.at(-1)?.length).toBe(expected[0]?.replaceAll('_', '').length);
  });

  it('are two streams where weights stay: as many beats of weights as rows, and any number of activations', () => {
    const { tiles, streams, expectedText } = stimulusOf({ rows: 3, cols: 5, dataflow: 'ws' });
    const beats = tiles.reduce((sum, { k }) => sum + k, 0);
    expect(streams.map(({ name, beats: count }) => [name, count])).toEqual([
      ['w', 3 * tiles.length],
      ['a', beats],
    ]);
    expectWholeWords(streams);
    const expected = words(expectedText);
    expect(expected.length).toBe(beats + 1);
    expect(expected.slice(0, -1).filter((word) => field(word, 0) === '1').length).toBe(tiles.length);
  });

  it('mark the last beat of each tile and give its types in the first', () => {
    const { tiles, streams } = stimulusOf({ rows: 3, cols: 5 });
    const stimulus = words(textOf(streams));
    let beat = 0;
    for (const { k, aType, wType, a } of tiles) {
      expect(field(stimulus[beat] as string, 1)).toBe(String(aType));
      expect(field(stimulus[beat] as string, 2)).toBe(String(wType));
      expect(field(stimulus[beat] as string, 3)).toBe(
        [...a.subarray(0, 3)]
          .reverse()
          .map((code) => code.toString(16))
          .join(''),
      );
      const lasts = stimulus.slice(beat, beat + k).map((word) => field(word, 0));
      expect(lasts).toEqual([...Array<string>(k - 1).fill('0'), '1']);
      beat += k;
    }
  });

  it.each([
    ['narrow', { rows: 2, cols: 3, activations: ['int8'], weights: ['flint5'] }],
    ['wider than doubles hold', { rows: 2, cols: 3, activations: ['ue5m1'], weights: ['e4m2'], accumulatorBits: 60 }],
  ] as const)('hold the results of the reference model, in accumulators that are %s', (_, raw) => {
    const { design, tiles, expectedText } = stimulusOf({ ...raw });
    const { bits } = design.accumulator;
    const read = words(expectedText)
      .slice(0, -1)
      .map((word) => word.split('_').slice(1).reverse())
      .flatMap((row) => row.map((lane) => BigInt.asIntN(bits, BigInt(`0x${lane}`))));
    const info = arrayInfoOfDesign(design);
    expect(read).toEqual(tiles.flatMap((tile) => [...expectedResults(info, tile)]));
    expect(read.some((value) => value < 0n)).toBe(true);
  });

  it('cover all pairs of types of a small array, tiles of one beat, and a cut in mid-tile', () => {
    const { tiles, cutBeat, design } = stimulusOf({ rows: 2, cols: 2 });
    const pairs = new Set(tiles.map(({ aType, wType }) => `${aType} ${wType}`));
    expect(pairs.size).toBe(design.a.types.length * design.w.types.length);
    expect(tiles.some(({ k }) => k === 1)).toBe(true);
    const ends = tiles.map(({ k }, i) => tiles.slice(0, i).reduce((sum, tile) => sum + tile.k, k));
    expect(ends).not.toContain(cutBeat);
    expect(cutBeat).toBeGreaterThan(ends[0] as number);
  });

  it('keep to maxK, and stay short for a large array', () => {
    expect(stimulusOf({ rows: 2, cols: 2, maxK: 4 }).tiles.every(({ k }) => k <= 4)).toBe(true);
    const { streams, expectedText } = stimulusOf({ rows: 256, cols: 256 });
    expect(textOf(streams).length + expectedText.length).toBeLessThan(1_500_000);
  });
});
