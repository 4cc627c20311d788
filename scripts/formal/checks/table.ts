import type { Manifest } from '../../../gen/design/manifest.js';
import type { Check } from '../check.js';
import { controlCheck } from './control.js';
import { decoderChecks } from './decoder.js';
import { inputCheck } from './input.js';
import { laneChecks } from './lane.js';
import { outputCheck } from './output.js';
import { peChecks } from './pe.js';

/** The kinds of module that have properties: each finds its modules in a design. */
const KINDS: readonly ((manifest: Manifest) => readonly (Check | undefined)[])[] = [
  decoderChecks,
  laneChecks,
  peChecks,
  (manifest) => [inputCheck(manifest), controlCheck(manifest), outputCheck(manifest)],
];

/** All modules of a design that have properties, with these. */
export const checksOf = (manifest: Manifest): Check[] =>
  KINDS.flatMap((kind) => kind(manifest)).filter((check) => check !== undefined);
