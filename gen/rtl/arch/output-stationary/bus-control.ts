import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { type PeripheryView, peripheryModule } from '../../periphery.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type ShiftView, shiftRegister } from '../../register.js';
import { literal, slice } from '../../verilog.js';
import { type BubbleView, bubbleCounter } from './bubble.js';

interface BusControlView extends PeripheryView, BubbleView {
  /** What follows a tile's last beat until its last row has left the accumulators. */
  readonly lastPipe: ShiftView;
  readonly pipeReset: string;
  /** The rows' swaps among it, that there is one, and that it is the last row's. */
  readonly swap: string;
  readonly anySwap: string;
  readonly lastSwap: string;
  /** The rows on their way over the bus and through the columns. */
  readonly wave: readonly ShiftView[];
  readonly rowValid: string;
  readonly rowLast: string;
}

/**
 * The control of tiles whose sums leave over a bus per column. Counted from the cycle in which a tile's last beat leaves the
 * input register, row p (from the top) of column 0 has its final sum after p + PIPELINE + 1 cycles, and then its swap, too:
 * p + PIPELINE registers here, and one in the PE. The row is in the register at the column's end a cycle later; the other
 * columns follow one by one.
 */
export function busControl(core: DesignCore): BusControlView {
  const { config } = core;
  const { rows, cols, pipeline } = config;
  const stages = rows + pipeline - 1;
  const lastPipe = shiftRegister('last_pipe_q', stages, 'last_i');
  const wave = [
    shiftRegister('row_valid_q', cols + 1, 'any_swap & ~flush_q'),
    shiftRegister('row_last_q', cols + 1, 'last_swap'),
  ] as const;
  return {
    ...peripheryModule(core, {
      suffix: 'control',
      title: 'Control: spaces the tiles and hands their rows to the bus.',
      ports: [
        clock,
        reset,
        ...enablePorts(config),
        input('last_i', 1, 'the last beat of a tile enters the array'),
        output('grant_o', 1, 'the last beat of the next tile may enter the array'),
        output('swap_o', rows, 'per row from the top: put the sum on the bus and start anew'),
        output('row_valid_o', 1, 'a row of results leaves the array'),
        output('row_last_o', 1, 'it is the last of its tile'),
      ],
      instances: 1,
      template: 'rtl/arch/output-stationary/bus_control',
    }),
    ...bubbleCounter('the last beat of a tile', rows - 1, rows - 1),
    lastPipe,
    pipeReset: literal(stages, 1),
    swap: slice('last_pipe_q', stages, stages - 1, pipeline - 1),
    anySwap: rows > 1 ? '|swap' : 'swap',
    lastSwap: slice('swap', rows, rows - 1, rows - 1),
    wave,
    rowValid: wave[0].last,
    rowLast: wave[1].last,
  };
}
