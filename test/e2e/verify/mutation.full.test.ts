/** @module-tag rest */
import { describeMutations, rest } from './mutations.js';

/** One break of three is for every run of the full set of tests. */
const isFrequent = (index: number): boolean => index % 3 === 0;

describeMutations(rest.filter((_, i) => isFrequent(i)));
describeMutations(
  rest.filter((_, i) => !isFrequent(i)),
  { tags: 'long' },
);
