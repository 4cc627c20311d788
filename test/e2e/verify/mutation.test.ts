import { describeMutations, sample } from './mutations.js';

/** One break of two is for every run of the tests. */
const isFrequent = (index: number): boolean => index % 2 === 0;

describeMutations(sample.filter((_, i) => isFrequent(i)));
describeMutations(
  sample.filter((_, i) => !isFrequent(i)),
  { tags: 'rest' },
);
