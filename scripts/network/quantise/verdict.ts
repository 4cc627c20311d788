import type { PortInfo } from '../../../gen/golden/reference.js';
import type { NumericType } from '../../../gen/numerics/types/numeric-type.js';
import type { Budget, QuantiseOptions } from './options.js';
import type { QuantiseReport } from './report.js';

/** All types of a port, those of 8 bits on two lanes last. */
export const portTypes = ({ types, wideTypes }: PortInfo): NumericType[] => [...types, ...wideTypes];

/** Layers that the design asked for cannot run. */
export function unfitNote({ layers }: QuantiseReport, { a, w }: NonNullable<QuantiseOptions['ports']>): string[] {
  const takes = (port: readonly NumericType[], type: string): boolean => port.some(({ name }) => name === type);
  const unfit = layers.filter(({ activation, second }) => !takes(a, activation.type) || !takes(w, second.type));
  const names = unfit.map(({ name, bits }) => `${name} (${bits} bits)`).join(', ');
  return unfit.length === 0
    ? []
    : [`the design's ports lack the types of ${names}: npm run infer will refuse this network on it`];
}

/** What a budget wanted and is not so. */
export function missedBudget(
  { totals: { averageBits }, outputs }: QuantiseReport,
  budget: Budget | undefined,
): string[] {
  if (budget?.kind === 'error') {
    const { calibration, heldOut } = outputs;
    const { error, where } = heldOut ? { ...heldOut, where: ', on samples held out' } : { ...calibration, where: '' };
    // An error that some samples do not have is not that of the others.
    if (error === null || calibration.error === null) {
      return [`the error budget is not met: the error cannot be computed (${heldOut?.why || calibration.why})`];
    }
    if (!(error <= budget.limit)) {
      return [
        `the error budget is not met: ${error.toPrecision(3)} of the outputs' squares${where}, ${budget.limit} wanted`,
      ];
    }
  }
  if (budget?.kind === 'bits' && averageBits > budget.limit) {
    return [`the budget is not met: ${averageBits.toFixed(2)} bits on average, ${budget.limit} wanted; lower --bits`];
  }
  return [];
}
