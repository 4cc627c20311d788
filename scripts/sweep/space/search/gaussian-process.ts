/** A value that is not known, as a normal distribution. */
export interface Estimate {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * How values at two points resemble each other, all by their logarithms: how much of the variance is linear in the
 * features, how much a smooth function of them, over which length of each feature, and how much is of each point alone.
 */
export interface Resemblance {
  readonly linear: number;
  readonly smooth: number;
  readonly lengths: readonly number[];
  readonly shares: readonly number[];
  readonly noise: number;
}

/** Of most functions that are smooth. */
export const anyResemblance = (features: number): Resemblance => ({
  ...{ linear: 0, smooth: -1, noise: -12 },
  lengths: Array(features).fill(0.5),
  shares: Array(features).fill(-1),
});

/** A regression by a Gaussian process (Rasmussen and Williams, 2006, algorithm 2.1), values in units of their spread. */
export interface GaussianProcess {
  readonly resemblance: Resemblance;
  readonly at: (features: Float64Array) => Estimate;
}

/** Values of points alone are at least this large: rounding, and choices of the tools that no feature tells. */
const LEAST_NOISE = -16;

/** @param known Values at points; two at least. */
export function gaussianProcess(
  points: readonly Float64Array[],
  known: Float64Array,
  resemblance: Resemblance,
): GaussianProcess {
  const { mean, spread, values } = standardised(known);
  const kernel = kernelOf(resemblance);
  const factor = decomposed(covariance(points, resemblance));
  const weights = backward(factor, forward(factor, values));
  return {
    resemblance,
    at(features) {
      const shared = Float64Array.from(points, (point) => kernel(point, features));
      const explained = forward(factor, shared);
      const own = kernel(features, features) + Math.exp(resemblance.noise);
      const variance = Math.max(own - dot(explained, explained), Math.exp(LEAST_NOISE));
      return { mean: mean + spread * dot(shared, weights), deviation: spread * Math.sqrt(variance) };
    },
  };
}

/** Between two trials of a resemblance, the coarse ones first. */
const STEPS = [1.5, 0.7, 0.3];

/**
 * The resemblance under which the values are most likely, from one that may be near: one of its numbers after the
 * other is made larger and smaller while that helps.
 */
export function fitted(
  points: readonly Float64Array[],
  known: Float64Array,
  starts: readonly Resemblance[],
): Resemblance {
  const { values } = standardised(known);
  const score = (tried: readonly number[]): number => likelihood(points, values, fromVector(tried));
  const found = starts.map((start) => climbed(toVector(start), score));
  return fromVector(found.reduce((x, y) => (y.most > x.most ? y : x)).best);
}

function climbed(from: readonly number[], score: (tried: readonly number[]) => number) {
  let best = from;
  let most = score(best);
  for (const step of STEPS) {
    for (let i = 0; i < best.length; i++) {
      for (const change of [step, -step]) {
        for (;;) {
          const tried = best.with(i, (best[i] as number) + change);
          const found = score(tried);
          if (!(found > most + 1e-3)) break;
          [best, most] = [tried, found];
        }
      }
    }
  }
  return { best, most };
}

const toVector = ({ linear, smooth, noise, lengths, shares }: Resemblance): number[] => [
  ...[linear, smooth, noise],
  ...lengths,
  ...shares,
];

const fromVector = ([linear = 0, smooth = 0, noise = 0, ...others]: readonly number[]): Resemblance => ({
  ...{ linear, smooth, noise },
  lengths: others.slice(0, others.length / 2),
  shares: others.slice(others.length / 2),
});

/** Of what is likely before anything is known: a normal distribution of each number, by mean and deviation. */
const BEFORE = { linear: [0, 2], smooth: [-1, 2], noise: [-12, 3], length: [0.5, 1.2], share: [-1, 1.5] } as const;

/** The logarithm of the likelihood, but for a constant; -Infinity where it cannot be told. */
function likelihood(points: readonly Float64Array[], values: Float64Array, resemblance: Resemblance): number {
  const { linear, smooth, noise, lengths, shares } = resemblance;
  if (noise < LEAST_NOISE) return Number.NEGATIVE_INFINITY;
  const factor = decomposed(covariance(points, resemblance));
  const explained = forward(factor, values);
  const determinant = values.reduce((sum, _, i) => sum + Math.log((factor[i] as Float64Array)[i] as number), 0);
  const unlikely = (value: number, [mean, deviation]: readonly [number, number]): number =>
    ((value - mean) / deviation) ** 2 / 2;
  const before =
    unlikely(linear, BEFORE.linear) +
    unlikely(smooth, BEFORE.smooth) +
    unlikely(noise, BEFORE.noise) +
    lengths.reduce((sum, length) => sum + unlikely(length, BEFORE.length), 0) +
    shares.reduce((sum, share) => sum + unlikely(share, BEFORE.share), 0);
  const found = -dot(explained, explained) / 2 - determinant - before;
  return Number.isNaN(found) ? Number.NEGATIVE_INFINITY : found;
}

/** A linear part, and products of Matérn kernels of each feature with a constant: effects of features, of pairs, of more. */
function kernelOf({ linear, smooth, lengths, shares }: Resemblance): (x: Float64Array, y: Float64Array) => number {
  const [ofLinear, ofSmooth] = [Math.exp(linear), Math.exp(smooth)];
  const scales = lengths.map((length) => Math.sqrt(5) * Math.exp(-length));
  const parts = shares.map((share) => Math.exp(share));
  return (x, y) => {
    let [along, product] = [1, 1];
    for (let i = 0; i < scales.length; i++) {
      const [a, b] = [x[i] as number, y[i] as number];
      along += (a - 0.5) * (b - 0.5);
      const distance = Math.abs(a - b) * (scales[i] as number);
      product *= 1 + (parts[i] as number) * (1 + distance + distance ** 2 / 3) * Math.exp(-distance);
    }
    return ofLinear * along + ofSmooth * product;
  };
}

/** The lower half of the matrix, row by row. */
function covariance(points: readonly Float64Array[], resemblance: Resemblance): Float64Array[] {
  const kernel = kernelOf(resemblance);
  const alone = Math.exp(resemblance.noise);
  return points.map((x, i) =>
    Float64Array.from({ length: i + 1 }, (_, j) => kernel(x, points[j] as Float64Array) + (i === j ? alone : 0)),
  );
}

/** Cholesky's decomposition of a matrix given by its lower half, in place. */
function decomposed(rows: Float64Array[]): Float64Array[] {
  for (const [i, row] of rows.entries()) {
    for (let j = 0; j <= i; j++) {
      const other = rows[j] as Float64Array;
      let sum = row[j] as number;
      for (let k = 0; k < j; k++) sum -= (row[k] as number) * (other[k] as number);
      row[j] = i === j ? Math.sqrt(sum) : sum / (other[j] as number);
    }
  }
  return rows;
}

/** Solves L x = b. */
function forward(factor: readonly Float64Array[], right: Float64Array): Float64Array {
  const solved = Float64Array.from(right);
  for (const [i, row] of factor.entries()) {
    let sum = solved[i] as number;
    for (let k = 0; k < i; k++) sum -= (row[k] as number) * (solved[k] as number);
    solved[i] = sum / (row[i] as number);
  }
  return solved;
}

/** Solves L' x = b. */
function backward(factor: readonly Float64Array[], right: Float64Array): Float64Array {
  const solved = Float64Array.from(right);
  for (let i = factor.length - 1; i >= 0; i--) {
    const row = factor[i] as Float64Array;
    const value = (solved[i] as number) / (row[i] as number);
    solved[i] = value;
    for (let k = 0; k < i; k++) solved[k] = (solved[k] as number) - (row[k] as number) * value;
  }
  return solved;
}

function dot(x: Float64Array, y: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += (x[i] as number) * (y[i] as number);
  return sum;
}

function standardised(known: Float64Array) {
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / known.length;
  // Values that are all the same have no spread to count in.
  const spread = Math.sqrt(variance) || Math.abs(mean) * 1e-9 || 1e-9;
  return { mean, spread, values: known.map((value) => (value - mean) / spread) };
}
