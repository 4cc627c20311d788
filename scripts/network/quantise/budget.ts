import { fakeQuantise } from '../onnx/fake-quantise.js';
import type { Calibration } from './calibrate.js';
import { editOf } from './dequantise.js';
import { isWide, type LayerChoices } from './layers.js';
import type { QuantiseOptions } from './options.js';
import { outputError } from './output-error.js';
import { averageBits, type LayerPlan, meanSquaredError, relativeError } from './plan.js';

/** A layer's plan with the two widths it may have. */
export interface ChosenLayer extends LayerChoices {
  readonly plan: LayerPlan;
}

/**
 * Decides which layers are wide: those named from the start, then the worst ones in the order of the ranking until the
 * budget is met. A width of `bits` on average is never exceeded; an error is met with as few layers as the order allows.
 */
export async function promote(
  choices: readonly LayerChoices[],
  calibration: Calibration,
  options: QuantiseOptions,
): Promise<readonly ChosenLayer[]> {
  const layers = choices.map(({ layer }) => layer);
  const wide = new Set(choices.filter(({ layer }) => isWide(layer.product, layers, options)));
  const plans = (): LayerPlan[] =>
    choices.map((choice) => (wide.has(choice) && choice.wide ? choice.wide : choice.narrow));
  const { budget } = options;
  if (budget) {
    const { feed, progress } = calibration;
    const order = await ranked(
      choices.filter((choice) => choice.wide !== undefined && !wide.has(choice)),
      calibration,
      options,
    );
    for (const choice of order) {
      if (budget.kind === 'error') {
        const error = await errorOf(plans(), calibration);
        progress(`output error ${error.toPrecision(3)} with ${wide.size} layers of 8 bits`);
        if (error <= budget.limit) break;
      }
      wide.add(choice);
      if (budget.kind === 'bits' && averageBits(plans(), feed.count) > budget.limit) wide.delete(choice);
    }
  }
  const final = plans();
  return choices.map((choice, i) => ({ ...choice, plan: final[i] as LayerPlan }));
}

/** Infinite where it cannot be computed: that is not met, and worse than any. */
async function errorOf(plans: readonly LayerPlan[], { model, feed, runBatch }: Calibration): Promise<number> {
  const quantised = fakeQuantise(model, plans.map(editOf));
  const { error } = await outputError({ model, quantised, feed, batch: runBatch });
  return error ?? Number.POSITIVE_INFINITY;
}

/** The layers, the one that gains most from 8 bits first. */
async function ranked(
  choices: readonly LayerChoices[],
  calibration: Calibration,
  { ranking }: QuantiseOptions,
): Promise<readonly LayerChoices[]> {
  const count = calibration.feed.count;
  const scores = new Map<LayerChoices, number>();
  for (const [i, choice] of choices.entries()) {
    if (ranking === 'mse') scores.set(choice, meanSquaredError(choice.narrow, count));
    else if (ranking === 'relative') scores.set(choice, relativeError(choice.narrow, count));
    else {
      // The network with this layer alone rounded.
      calibration.progress(`ranking: ${i + 1} of ${choices.length} layers`);
      scores.set(choice, await errorOf([choice.narrow], calibration));
    }
  }
  return [...choices].sort((a, b) => compare(scores.get(b) as number, scores.get(a) as number));
}

/** As a difference, where both may be infinite. */
const compare = (a: number, b: number): number => (a === b ? 0 : a - b);
