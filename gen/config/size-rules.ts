import type { Problem } from '../base/errors.js';
import { type Configuration, LONGEST_CLUSTER, MOST_PE_LANES } from './parameters.js';

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
  return [...problems, ...beatProblems({ lanes, maxK })];
}

/** The same with blocks, whose beats are whole. */
export function blockProblems(config: Configuration): Problem[] {
  const { block, lanes } = config;
  if (block === 'none') return [];
  const problems = unitProblems({ ...config, maxK: Math.max(config.maxK, lanes) });
  if (block % lanes !== 0) {
    const nearest = String(Math.max(Math.round(block / lanes), 1) * lanes);
    const rule = `a block is whole beats, of ${lanes} products each (lanes)`;
    problems.push({ key: 'block', given: String(block), rule, nearest });
  }
  return problems;
}

/** The accumulators must hold a beat. */
function beatProblems({ lanes, maxK }: Pick<Configuration, 'lanes' | 'maxK'>): Problem[] {
  if (maxK >= lanes) return [];
  const rule = `the accumulators must hold a beat, which is ${lanes} products (lanes)`;
  return [{ key: 'maxK', given: String(maxK), rule, nearest: String(lanes) }];
}

/** PEs have fewer lanes than dot-product units. */
export function laneProblems({ lanes }: Configuration): Problem[] {
  if (lanes <= MOST_PE_LANES) return [];
  const rule = `a PE adds up 1 to ${MOST_PE_LANES} products in a cycle; dot-product units (arch dot) more`;
  return [{ key: 'lanes', given: String(lanes), rule, nearest: String(MOST_PE_LANES) }];
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

/** What is wrong with the sizes of an output-stationary array, whose sums leave over buses. */
export function busProblems(config: Configuration): Problem[] {
  const problems = [...clusterProblems(config), ...laneProblems(config), ...beatProblems(config)];
  const { wideActivations, rows, clusterRows, busSegment } = config;
  if (wideActivations.length === 0 || problems.length > 0) return problems;
  if (clusterRows > 1 && clusterRows % 2 === 1) {
    const nearest = clusterSides(rows).filter((side) => side === 1 || side % 2 === 0);
    const rule = 'must be 1 or even: 8-bit activations add two rows of results that leave in the same cycle';
    return [{ key: 'clusterRows', given: String(clusterRows), rule, nearest: String(closestTo(nearest, clusterRows)) }];
  }
  if (clusterRows === 1 && busSegment !== 'auto' && busSegment % 2 === 1 && busSegment < rows) {
    const rule = 'must be even: 8-bit activations add two rows of results that leave in cycles next to each other';
    return [{ key: 'busSegment', given: String(busSegment), rule, nearest: String(busSegment + 1) }];
  }
  return [];
}

/** The legal side of a cluster nearest to a number; of two, the smaller. */
const nearestDivisor = (whole: number, to: number): number => closestTo(clusterSides(whole), to);

/** The first of the numbers that are nearest to one. */
const closestTo = (numbers: readonly number[], to: number): number =>
  numbers.reduce((x, y) => (Math.abs(y - to) < Math.abs(x - to) ? y : x));

/** The legal sides of a cluster of PEs in an array with a side of that many PEs, in ascending order. */
export function clusterSides(whole: number): number[] {
  return Array.from({ length: Math.min(whole, LONGEST_CLUSTER) }, (_, i) => i + 1).filter((side) => whole % side === 0);
}
