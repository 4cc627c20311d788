import type { DesignCore } from './design-core.js';
import { input, type ModuleView, output } from './module.js';
import { type PeripheryView, peripheryModule } from './periphery.js';

interface PairView extends PeripheryView {
  /** Whether the upper lane is cleared where it was added to the lower one. */
  readonly clears: boolean;
}

/** How many rows leave in a cycle; where the two of a pair leave one after the other, 1. */
interface PairedRows {
  readonly together: number;
  /** Whether the sums of two rows are to be added. */
  readonly rows: boolean;
}

/** What adds the partial results of 8-bit operands on the way out: rows in pairs and columns in pairs. */
export function pairModules(core: DesignCore, { together, rows }: PairedRows): ModuleView[] {
  const { config, accumulator, w } = core;
  const { bits } = accumulator;
  const pair = (suffix: string, what: string, instances: number, clears: boolean): PairView => ({
    ...peripheryModule(core, {
      suffix,
      title: `Adds the results of two ${what} that hold the halves of 8-bit operands.`,
      ports: [
        input('low_i', bits, `result of the even ${what.slice(0, -1)}`),
        input('high_i', bits, `result of the odd ${what.slice(0, -1)}`),
        input('wide_i', 1, '1: add them'),
        output(clears ? 'low_o' : 'sum_o', bits, `the sum, or the even ${what.slice(0, -1)}'s result`),
        ...(clears ? [output('high_o', bits, `0, or the odd ${what.slice(0, -1)}'s result`)] : []),
      ],
      instances,
      template: 'rtl/pair',
    }),
    clears,
  });
  return [
    ...(rows ? [pair('pair_rows', 'rows', Math.ceil(together / 2) * config.cols, together > 1)] : []),
    ...(w.wideTypes.length > 0 ? [pair('pair_cols', 'columns', (together * config.cols) / 2, true)] : []),
  ];
}
