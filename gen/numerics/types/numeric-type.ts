import type { BiscaledType } from './biscaled.js';
import type { FlintType } from './flint.js';
import type { FloatType } from './float.js';
import type { IntType } from './int.js';
import type { PotType } from './pot.js';

export type NumericType = IntType | FlintType | PotType | FloatType | BiscaledType;
