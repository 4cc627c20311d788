import type { Problem } from '../base/errors.js';
import type { RawConfiguration } from './raw.js';
import { show } from './show.js';

/** A PE to compare with: a name for parameters of this generator, so that all PEs share one flow. */
export interface Baseline {
  /** What it is, in one line. */
  readonly description: string;
  readonly parameters: RawConfiguration;
}

/** The names `--pe` takes besides int and float. What each models, and what not: docs/compare.md. */
export const BASELINES: Readonly<Record<string, Baseline>> = {
  int4: {
    description: 'plain 4-bit integers',
    parameters: { activations: ['int4'], weights: ['int4'] },
  },
  int8: {
    description: 'plain 8-bit integers',
    parameters: { activations: ['int8'], weights: ['int8'] },
  },
  fused: {
    description: '4-bit integers, and 8-bit ones on four PEs, in the manner of BitFusion',
    parameters: {
      activations: ['int4', 'uint4'],
      weights: ['int4'],
      wideActivations: ['int8', 'uint8'],
      wideWeights: ['int8'],
    },
  },
  biscaled: {
    description: '6-bit integers with one of two scales, in the manner of BiScaled-DNN',
    parameters: { activations: ['bi6s2'], weights: ['bi6s2'] },
  },
  fp8: {
    description: '8-bit floats with integer accumulators, in the manner of AdaptivFloat',
    parameters: { activations: ['e3m4'], weights: ['e3m4'] },
  },
  olaccel: {
    description: '4-bit weights, activations of 4 bits or, as outliers, of 8, in the manner of OLAccel',
    parameters: { activations: ['int8', 'int4'], weights: ['int4'] },
  },
};

export const BASELINE_NAMES: readonly string[] = Object.keys(BASELINES);

/** The baseline that a configuration as given asks for. */
export function baselineOf({ pe }: RawConfiguration): [name: string, baseline: Baseline] | undefined {
  return Object.entries(BASELINES).find(([name]) => name === pe);
}

/** The parameters that a baseline fixes. */
export const TYPE_LISTS = ['activations', 'weights', 'wideActivations', 'wideWeights'] as const;

/** Lists of types that are not those of the baseline asked for: the name would be that of another PE. */
export function baselineProblems(raw: RawConfiguration): Problem[] {
  const [name, baseline] = baselineOf(raw) ?? [];
  if (name === undefined || baseline === undefined) return [];
  return TYPE_LISTS.flatMap((key): Problem[] => {
    const own = baseline.parameters[key];
    if (raw[key] === undefined || show(raw[key]) === show(own ?? [])) return [];
    const problem = { key, given: show(raw[key]) };
    if (own === undefined) return [{ ...problem, rule: `pe ${name} takes none; leave out ${key}, or take pe int` }];
    const rule = `pe ${name} stands for ${show(own)}; leave out ${key}, or take pe int`;
    return [{ ...problem, rule, nearest: show(own) }];
  });
}
