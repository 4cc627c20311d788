import type { RawConfiguration } from '../../gen/config/raw.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { generate } from '../../gen/design/generate.js';

/** Generates the designs that a program works on by default. @returns Their folders, in one folder. */
export const generateMatrix = (matrix: readonly RawConfiguration[], out: string): string[] =>
  matrix.map((raw) => generate(validateConfiguration(raw), out, { replace: true }).folder);
