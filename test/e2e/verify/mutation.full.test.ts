import { describeMutations, rest } from './mutations.js';

describeMutations(rest);
