import type { Problem } from '../base/errors.js';
import { type Configuration, LONGEST_CLUSTER } from './parameters.js';

const MOST_UNITS = 4096;
const MOST_MULTIPLIERS = 2 ** 20;

/** What is wrong with the sizes of dot-product units. */
export function unitProblems({ rows, cols, lanes, maxK }: Configuration): Problem[] {
  const problems: Problem[] = [];
  if (rows * cols > MOST_UNITS) {
    const rule = `a tile's rows x cols results leave in one beat and may be ${MOST_UNITS}`;
    problems.push({ key: 'rows', given: String(rows), rule, nearest: String(Math.floor(MOST_UNITS / cols)) });
  } else if (rows * cols * lanes > MOST_MULTIPLIERS) {
    const nearest = String(Math.floor(MOST_MULTIPLIERS / (rows * cols)));
    const rule = `rows x cols x lanes multipliers may be ${MOST_MULTIPLIERS}`;
    problems.push({ key: 'lanes', given: String(lanes), rule, nearest });
  }
  if (maxK < lanes) {
    const rule = `the accumulators must hold a beat, which is ${lanes} products (lanes)`;
    problems.push({ key: 'maxK', given: String(maxK), rule, nearest: String(lanes) });
  }
  return problems;
}

/** Clusters of PEs must fill the array. */
export function clusterProblems(config: Configuration): Problem[] {
  const sides = [
    ['clusterRows', 'rows'],
    ['clusterCols', 'cols'],
  ] as const;
  return sides.flatMap(([key, side]) => {
    const [given, whole] = [config[key], config[side]];
    if (whole % given === 0) return [];
    const nearest = nearestDivisor(whole, given);
    return [{ key, given: String(given), rule: `must divide ${side}, which is ${whole}`, nearest: String(nearest) }];
  });
}

/** The legal side of a cluster nearest to a number; of two, the smaller. */
function nearestDivisor(whole: number, to: number): number {
  const divisors = clusterSides(whole);
  return divisors.reduce((x, y) => (Math.abs(y - to) < Math.abs(x - to) ? y : x));
}

/** The legal sides of a cluster of PEs in an array with a side of that many PEs, in ascending order. */
export function clusterSides(whole: number): number[] {
  return Array.from({ length: Math.min(whole, LONGEST_CLUSTER) }, (_, i) => i + 1).filter((side) => whole % side === 0);
}
