import { describeMutations, sample } from './mutations.js';

describeMutations(sample);
