import type { RawConfiguration } from '../../gen/config/raw.js';

/** The designs that `npm run mutate` changes by default: small ones of every kind. */
export const MUTATE_MATRIX: readonly RawConfiguration[] = [
  { name: 'default_2x2', rows: 2, cols: 2 },
  { name: 'lanes_3x2', rows: 3, cols: 2, lanes: 2, stall: 'enable' },
  { name: 'stays_2x3', rows: 2, cols: 3, dataflow: 'ws' },
  { name: 'float_2x2', rows: 2, cols: 2, pe: 'float', activations: ['e4m3', 'e2m1'], weights: ['e4m3', 'e2m1'] },
  { name: 'dot_2x2', arch: 'dot', rows: 2, cols: 2, lanes: 4 },
];
