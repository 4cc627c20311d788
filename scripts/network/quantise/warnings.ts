import type { SurveyedProduct } from '../products/survey.js';
import type { QuantisedNetwork } from './network.js';

/** Names of layers in a message. */
const SHOWN = 3;

/** What makes the error on calibration samples better than it is elsewhere, where results are fitted to these. */
export function warningsOf({ plan, sizes, unit, calibration }: QuantisedNetwork, nothingHeldOut: boolean): string[] {
  const runs = calibration.feed.count / unit;
  const short = plan.layers.flatMap(({ product, second }) => {
    const { m, k } = (sizes.get(product) as SurveyedProduct).lowering;
    return second.kind === 'weights' && m * runs < k ? [`${product.name} (${m * runs} rows, ${k} long)`] : [];
  });
  const more = short.length > SHOWN ? ` and ${short.length - SHOWN} more` : '';
  return [
    ...(short.length > 0
      ? [
          `layers with fewer rows of calibration data than their reduction is long are fitted to these samples, not to others: ${short.slice(0, SHOWN).join(', ')}${more}; give more samples`,
        ]
      : []),
    ...(nothingHeldOut ? ['no sample is held out: the error is that on samples that the network is fitted to'] : []),
  ];
}
