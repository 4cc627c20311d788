import { describe, expect, it } from 'vitest';
import type { RawConfiguration } from '../../gen/config/parse.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { elaborate } from '../../gen/elaborate/design.js';
import { arrayInfoOfDesign, expectedResults } from '../../gen/oracle.js';
import { identityOf } from '../../gen/render/identity.js';
import { buildStimulus } from '../../gen/render/stimulus.js';

function stimulusOf(raw: RawConfiguration) {
  const design = elaborate(validateConfiguration(raw));
  return { design, ...buildStimulus(design, identityOf(design, 'test')) };
}

/** The words of a file as $readmemh sees them. */
function words(text: string): string[] {
  return text.split('\n').filter((line) => line !== '' && !line.startsWith('//'));
}

const field = (word: string, index: number): string => word.split('_')[index] as string;

describe('the vectors of the stand-alone test bench', () => {
  it('hold one word per beat and per row of results, and an end mark each', () => {
    const { tiles, beats, stimulusText, expectedText } = stimulusOf({ rows: 3, cols: 5 });
    const [stimulus, expected] = [words(stimulusText), words(expectedText)];
    expect(stimulus.length).toBe(beats + 1);
    expect(expected.length).toBe(3 * tiles.length + 1);
    expect(stimulus.at(-1)).toMatch(/^a+$/);
    expect(stimulus.at(-1)?.length).toBe(stimulus[0]?.replaceAll('_', '').length);
    expect(expected.at(-1)?.length).toBe(expected[0]?.replaceAll('_', '').length);
  });

  it('mark the last beat of each tile and give its types in the first', () => {
    const { tiles, stimulusText } = stimulusOf({ rows: 3, cols: 5 });
    const stimulus = words(stimulusText);
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
  ] as const)('hold the results of the oracle, in accumulators that are %s', (_, raw) => {
    const { design, tiles, expectedText } = stimulusOf({ ...raw });
    const { bits } = design.accumulator;
    const read = words(expectedText)
      .slice(0, -1)
      .map((word) => word.split('_').reverse())
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
    const { stimulusText, expectedText } = stimulusOf({ rows: 256, cols: 256 });
    expect(stimulusText.length + expectedText.length).toBeLessThan(1_500_000);
  });
});
