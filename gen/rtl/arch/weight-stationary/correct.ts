import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, peripheryModule } from '../../periphery.js';
import { biasEndText } from '../../terms.js';
import { literal } from '../../verilog.js';

export interface CorrectView extends PeripheryView {
  /** What is on top of a result. */
  readonly bias: string;
}

/** What is on top of a result, modulo 2^bits. */
const biasOfResult = ({ config, accumulator, productBias }: DesignCore): bigint =>
  BigInt.asUintN(accumulator.bits, BigInt(config.rows * config.lanes) * productBias);

/** What becomes of the bias of products, as a clause. */
export const biasEnd = (core: DesignCore): string => biasEndText(core, biasOfResult(core) !== 0n);

/** What takes the bias of all products of a column off its results; none where products have none, or it is a multiple of 2^bits. */
export function correctModules(core: DesignCore): CorrectView[] {
  const { config, accumulator, magnitudeBits } = core;
  const products = config.rows * config.lanes;
  const bias = biasOfResult(core);
  if (bias === 0n) return [];
  return [
    {
      ...peripheryModule(core, {
        suffix: 'correct',
        title: `Takes what comes on top of ${products} products off a result: ${products} * 2^${magnitudeBits}, modulo 2^${accumulator.bits}.`,
        ports: [
          input('sum_i', accumulator.bits, 'sum of a column'),
          output('sum_o', accumulator.bits, 'result, signed'),
        ],
        instances: config.cols,
        template: 'rtl/arch/weight-stationary/correct',
      }),
      bias: literal(accumulator.bits, bias),
    },
  ];
}
