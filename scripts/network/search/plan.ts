import type { Candidate } from './candidate.js';
import type { Channel } from './channel.js';
import { roundingBound } from './error.js';

/**
 * The search of a list of candidates, laid out once for all channels. In units of a channel's reference the decision
 * boundaries of every type and clip are the same for every channel: sorted, they cut the magnitudes into bins, and one
 * visit to each element fills these. What a step of the encoder saves, `height x (sum of magnitudes beyond the
 * boundary - their count x boundary)`, then costs one multiplication, and the error of a scale is the sum of squares
 * less what its steps save.
 *
 * A plan holds the buffers of one search at a time.
 */
export interface SearchPlan {
  readonly candidates: readonly Candidate[];
  /** m thresholds, rising, and an infinity: bin i lies below threshold i. */
  readonly thresholds: Float64Array;
  /** The first bin of each cell; cells are runs of equal leading bits of a magnitude in single precision. */
  readonly cells: Uint32Array;
  /** Leading bits of the first cell. */
  readonly firstCell: number;
  /** The first bin in which negative elements are counted apart; m + 1 if in none. */
  readonly firstApart: number;
  /** For each candidate, its clips one after the other, each as the same number of terms. */
  readonly layouts: readonly Layout[];
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly negativeCounts: Float64Array;
  readonly negativeSums: Float64Array;
  /** What the magnitudes beyond each threshold exceed it by in all: m sums over all elements, m over the negative ones. */
  readonly excess: Float64Array;
}

/** The terms of one candidate. What clip c saves is the sum over its terms of weight x excess. */
interface Layout {
  /** Terms of a clip. */
  readonly terms: number;
  /** clips x terms indices into the excess. */
  readonly indices: Uint32Array;
  /** clips x terms. */
  readonly weights: Float64Array;
  /** What each clip saves of the sum of squares, in squares of the reference. */
  readonly savings: Float64Array;
}

/** Single precision has 23 fraction bits; cells keep 11 of them. */
const CELL_SHIFT = 12;

const single = new Float32Array(1);
const singleBits = new Int32Array(single.buffer);

function cellOf(magnitude: number): number {
  single[0] = magnitude;
  return (singleBits[0] as number) >> CELL_SHIFT;
}

export function planSearch(candidates: readonly Candidate[]): SearchPlan {
  const scales = candidates.map((candidate) => candidate.clips.map((clip) => clip / 100 / candidate.top));
  const all = candidates.flatMap(({ grid }, c) =>
    (scales[c] as number[]).flatMap((scale) => grid.steps.map(({ boundary }) => boundary * scale)),
  );
  const rising = Float64Array.from(new Set(all)).sort();
  const m = rising.length;
  const indexOf = new Map(Array.from(rising, (threshold, i) => [threshold, i]));
  const layouts = candidates.map((candidate, c) => layout(candidate, scales[c] as number[], indexOf, m));
  const apart = layouts.flatMap(({ indices }) => Array.from(indices).filter((index) => index >= m));
  const thresholds = new Float64Array(m + 1).fill(Number.POSITIVE_INFINITY);
  thresholds.set(rising);
  const firstCell = cellOf(rising[0] as number);
  return {
    candidates,
    thresholds,
    cells: cellTable(rising, firstCell),
    firstCell,
    firstApart: apart.reduce((least, index) => Math.min(least, index - m), m) + 1,
    layouts,
    counts: new Float64Array(m + 1),
    sums: new Float64Array(m + 1),
    negativeCounts: new Float64Array(m + 1),
    negativeSums: new Float64Array(m + 1),
    excess: new Float64Array(2 * m),
  };
}

/** The number of thresholds in the cells before each cell; beyond the last threshold's cell, all of them. */
function cellTable(rising: Float64Array, firstCell: number): Uint32Array {
  const table = new Uint32Array(cellOf(rising.at(-1) as number) - firstCell + 2);
  for (const threshold of rising) {
    const next = cellOf(threshold) - firstCell + 1;
    table[next] = (table[next] as number) + 1;
  }
  for (let i = 1; i < table.length; i++) table[i] = (table[i] as number) + (table[i - 1] as number);
  return table;
}

/**
 * A step that both signs have is one term, the excess of all elements; one of negative elements alone is one term,
 * theirs; one of positive elements alone is the difference.
 */
function layout(
  { grid, clips }: Candidate,
  scales: readonly number[],
  indexOf: ReadonlyMap<number, number>,
  m: number,
): Layout {
  const mirrored = (one: (typeof grid.steps)[number]): boolean =>
    grid.steps.some(
      (other) => other.negative !== one.negative && other.boundary === one.boundary && other.height === one.height,
    );
  const terms = grid.steps.flatMap((step) => {
    if (mirrored(step)) return step.negative ? [] : [{ ...step, offset: 0, sign: 1 }];
    if (step.negative) return [{ ...step, offset: m, sign: 1 }];
    return [
      { ...step, offset: 0, sign: 1 },
      { ...step, offset: m, sign: -1 },
    ];
  });
  const indices = new Uint32Array(clips.length * terms.length);
  const weights = new Float64Array(indices.length);
  scales.forEach((scale, c) => {
    terms.forEach(({ boundary, height, offset, sign }, t) => {
      indices[c * terms.length + t] = (indexOf.get(boundary * scale) as number) + offset;
      weights[c * terms.length + t] = sign * 2 * height * scale;
    });
  });
  return { terms: terms.length, indices, weights, savings: new Float64Array(clips.length) };
}

/**
 * Fills the savings of all clips of all candidates for a channel whose reference is not 0.
 *
 * @returns For each candidate, how far its savings may be from the true ones; like them in squares of the reference.
 */
export function fillSavings(plan: SearchPlan, channel: Channel): readonly number[] {
  const depth = fillBins(plan, channel);
  fillExcess(plan, channel.hasNegative);
  const { reference } = channel;
  return plan.layouts.map((layout, c) => {
    const { grid, clips, top } = plan.candidates[c] as Candidate;
    addTerms(layout, plan.excess);
    return roundingBound({
      depth,
      steps: grid.steps.length,
      largest: channel.largestMagnitude / reference,
      farthest: (grid.farthest * (clips.at(-1) as number)) / 100 / top,
      magnitudes: channel.magnitudes / reference,
    });
  });
}

/** Counts elements and adds their magnitudes into bins. @returns The most additions that an element goes through. */
function fillBins(plan: SearchPlan, { values, reference }: Channel): number {
  const { thresholds, cells, firstCell, firstApart, counts, sums, negativeCounts, negativeSums } = plan;
  counts.fill(0);
  sums.fill(0);
  negativeCounts.fill(0);
  negativeSums.fill(0);
  const inverse = 1 / reference;
  const first = thresholds[0] as number;
  const lastCell = cells.length - 1;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    const magnitude = Math.abs(value) * inverse;
    if (magnitude < first) continue;
    single[0] = magnitude;
    const cell = ((singleBits[0] as number) >> CELL_SHIFT) - firstCell;
    let bin = cells[cell < lastCell ? cell : lastCell] as number;
    while (magnitude >= (thresholds[bin] as number)) bin++;
    counts[bin] = (counts[bin] as number) + 1;
    sums[bin] = (sums[bin] as number) + magnitude;
    if (value < 0 && bin >= firstApart) {
      negativeCounts[bin] = (negativeCounts[bin] as number) + 1;
      negativeSums[bin] = (negativeSums[bin] as number) + magnitude;
    }
  }
  let most = 0;
  let filled = 0;
  for (let bin = 0; bin < counts.length; bin++) {
    const count = counts[bin] as number;
    if (count > 0) filled++;
    if (count > most) most = count;
  }
  return most + filled;
}

function fillExcess({ thresholds, excess, ...bins }: SearchPlan, hasNegative: boolean): void {
  const m = thresholds.length - 1;
  suffixes(bins.counts, bins.sums, thresholds, excess.subarray(0, m), 0);
  if (hasNegative)
    suffixes(bins.negativeCounts, bins.negativeSums, thresholds, excess.subarray(m), bins.firstApart - 1);
  else excess.fill(0, m);
}

/** What the elements beyond each threshold, from `first` on, exceed it by. */
function suffixes(
  counts: Float64Array,
  sums: Float64Array,
  thresholds: Float64Array,
  excess: Float64Array,
  first: number,
): void {
  let count = 0;
  let sum = 0;
  for (let i = excess.length - 1; i >= first; i--) {
    count += counts[i + 1] as number;
    sum += sums[i + 1] as number;
    excess[i] = sum - count * (thresholds[i] as number);
  }
}

function addTerms({ terms, indices, weights, savings }: Layout, excess: Float64Array): void {
  for (let clip = 0, at = 0; clip < savings.length; clip++) {
    let saved = 0;
    for (const end = at + terms; at < end; at++) {
      saved += (weights[at] as number) * (excess[indices[at] as number] as number);
    }
    savings[clip] = saved;
  }
}
