import { it } from 'vitest';
import { expectToWork, splitPairwise } from './pairwise.js';

it('every value of every parameter works in each architecture', () => expectToWork(splitPairwise().sample));
