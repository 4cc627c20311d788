import type { Bar } from './comparison.js';
import {
  CORRECTED,
  CORRECTION_NAMES,
  CORRECTIONS,
  type CorrectionName,
  type Corrections,
  PUBLISHED,
} from './corrections.js';
import { type Ratio, ratiosOf } from './ratios.js';

/** What a set of corrections makes of the headline ratios. */
export interface Effect {
  /** Number of the flaw; undefined for the two models themselves. */
  readonly flaw: number | undefined;
  readonly title: string;
  /** The first accelerator against all others: with this correction alone. */
  readonly alone: readonly Ratio[];
  /** With all corrections but this one. */
  readonly without: readonly Ratio[];
}

/**
 * What each correction does to the ratios: switched on alone in the published model, and switched off alone in the
 * corrected one.
 *
 * @param meansOf Means over the networks with some corrections.
 */
export function correctionEffects(
  accelerator: string,
  meansOf: (corrections: Corrections, title: string) => readonly Bar[],
): Effect[] {
  const ratios = (corrections: Corrections, title: string): Ratio[] =>
    ratiosOf(meansOf(corrections, title), accelerator);
  const published = ratios(PUBLISHED, 'as published');
  const corrected = ratios(CORRECTED, 'all corrections');
  return [
    { flaw: undefined, title: 'none of them / all of them', alone: published, without: corrected },
    ...CORRECTION_NAMES.map((name: CorrectionName): Effect => {
      const { flaw, title } = CORRECTIONS[name];
      return {
        flaw,
        title,
        alone: ratios({ ...PUBLISHED, [name]: true }, `${name} alone`),
        without: ratios({ ...CORRECTED, [name]: false }, `all but ${name}`),
      };
    }),
  ];
}
