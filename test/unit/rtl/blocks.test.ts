import { describe, expect, it } from 'vitest';
import { ConfigurationError, type Problem } from '../../../gen/base/errors.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { arrayInfoOfDesign, blocksOfTile } from '../../../gen/golden/reference.js';
import { tileBeats } from '../../../gen/golden/streams.js';
import { randomSource, randomTile } from '../../../gen/golden/vectors.js';
import { type Design, elaborate } from '../../../gen/rtl/design.js';

const design = (raw: RawConfiguration): Design => elaborate(validateConfiguration({ arch: 'dot', block: 32, ...raw }));

function problemsOf(raw: RawConfiguration): readonly Problem[] {
  try {
    design(raw);
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
  return [];
}

describe('dot-product units for blocks', () => {
  it('have sums that hold a block, terms with both significands, and exponents of all scales', () => {
    const mx = design({ activations: ['e2m1'], weights: ['e2m1'] });
    // 12 * 12 * 32 = 4608.
    expect(mx.blocks).toMatchObject({ magnitudeBits: 13, termBits: 13, subnormal: true, overflows: true });
    expect(mx.accumulator.bits).toBe(32);
    const nv = design({ activations: ['e2m1'], weights: ['e2m1'], block: 16, scales: 'e4m3' });
    expect(nv.blocks).toMatchObject({
      magnitudeBits: 12,
      termBits: 20,
      subnormal: false,
      overflows: false,
      placeBits: 8,
    });
  });

  it.each([1, 2, 3, 6])('with %i stages have results after as many cycles and three more', (pipeline) => {
    expect(design({ pipeline }).timing.latency.cycles).toBe(pipeline + 3);
  });

  it('take element steps into the exponents of scales where types differ', () => {
    const { blocks } = design({ activations: ['e2m1', 'int8', 'e4m3'], weights: ['flint4'] });
    expect(blocks?.a.steps).toEqual([8, 3, 0]);
    expect(blocks?.w.steps).toEqual([0]);
  });

  it.each<[RawConfiguration, string, string | undefined]>([
    [{ block: 24 }, 'block', '32'],
    [{ block: 8 }, 'block', '16'],
    [{ block: 1 }, 'block', '2'],
    [{ block: 4096 }, 'block', '1024'],
    [{ scales: 'e8m1' }, 'scales', 'e8m0'],
    [{ block: 'none', scales: 'e4m3' }, 'scales', 'e8m0'],
    [{ arch: 'array', lanes: 1, rows: 4, cols: 4 }, 'block', 'none'],
    [{ maxK: 64 }, 'maxK', '1024'],
    [{ accumulatorBits: 32 }, 'accumulatorBits', 'auto'],
    [{ pipeline: 7 }, 'pipeline', '6'],
    [{ activations: ['e5m2'], weights: ['e5m2'] }, 'activations', undefined],
  ])('refuse %j', (raw, key, nearest) => {
    const found = problemsOf(raw).find((problem) => problem.key === key);
    expect(found).toBeDefined();
    expect(found?.nearest).toBe(nearest);
  });

  it('take types with NaN and infinity, which other units refuse', () => {
    expect(problemsOf({ activations: ['e4m3', 'e5m2'] })).toEqual([]);
    expect(problemsOf({ block: 'none', activations: ['e4m3'] }).map(({ key }) => key)).toEqual(['activations']);
  });

  it('have scales in the last beat of a block, and others before', () => {
    const info = arrayInfoOfDesign(design({ rows: 2, cols: 3, lanes: 8 }));
    const tile = randomTile(randomSource(1), info, { k: 56 });
    const beats = tileBeats(info, tile);
    expect(blocksOfTile(info, tile)).toBe(2);
    expect(tile.aScales).toHaveLength(4);
    expect(beats.aScales).toHaveLength(14);
    const at = (beat: number): number[] => [...(beats.aScales ?? []).slice(2 * beat, 2 * beat + 2)];
    const [first, second] = [tile.aScales?.subarray(0, 2), tile.aScales?.subarray(2, 4)].map((each) => [
      ...(each ?? []),
    ]);
    expect(at(3)).toEqual(first);
    expect(at(6)).toEqual(second);
    expect(at(2)).toEqual(first?.map((code) => 255 - code));
  });
});
