import type { Manifest } from '../../../gen/design/manifest.js';
import type { Check } from '../check.js';
import { decoderChecks } from './decoder.js';
import { outputCheck } from './output.js';

/** The kinds of module that have properties: each finds its modules in a design. */
const KINDS: readonly ((manifest: Manifest) => readonly (Check | undefined)[])[] = [
  decoderChecks,
  (manifest) => [outputCheck(manifest)],
];

/** All modules of a design that have properties, with these. */
export const checksOf = (manifest: Manifest): Check[] =>
  KINDS.flatMap((kind) => kind(manifest)).filter((check) => check !== undefined);
