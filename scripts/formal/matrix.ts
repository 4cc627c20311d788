import type { RawConfiguration } from '../../gen/config/raw.js';

/** The designs of which `npm run formal` proves the properties by default: small ones of every kind. */
export const FORMAL_MATRIX: readonly RawConfiguration[] = [
  { name: 'default_2x2', rows: 2, cols: 2 },
  { name: 'wide_2x2', rows: 2, cols: 2, wideActivations: ['int8', 'uint8'], wideWeights: ['int8'] },
  { name: 'stages_4x3', rows: 4, cols: 3, pipeline: 2, busSegment: 2, stall: 'enable', reset: 'async' },
  { name: 'stays_3x2', rows: 3, cols: 2, dataflow: 'ws' },
  { name: 'lanes_8', arch: 'dot', lanes: 8 },
  { name: 'float_2x2', rows: 2, cols: 2, pe: 'float', activations: ['e4m3', 'e2m1'], weights: ['e4m3', 'e2m1'] },
];
