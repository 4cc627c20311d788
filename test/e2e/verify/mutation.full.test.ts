/** @module-tag rest */
import { describeMutations, rest } from './mutations.js';

describeMutations(rest);
