import { it } from 'vitest';
import { expectToWork, splitPairwise } from './pairwise.js';

it('every value of every parameter works, in arrays and in dot-product units', () =>
  expectToWork(splitPairwise().sample));
