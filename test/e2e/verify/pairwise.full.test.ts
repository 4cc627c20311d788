import { it } from 'vitest';
import { expectToWork, splitPairwise } from './pairwise.js';

it('every pair of parameter values works: the designs that are not in the sample', () =>
  expectToWork(splitPairwise().rest));
