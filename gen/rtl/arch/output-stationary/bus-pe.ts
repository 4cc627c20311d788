import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { operandLayout } from '../../operand-text.js';
import { passed } from '../../register.js';
import { counted } from '../../render/counted.js';
import { replicate } from '../../verilog.js';
import { clockPorts, keptUnless, type SumView, sumView } from './pe.js';

/** The PE whose sum leaves over the bus of its column: no shadow, nothing shifts. */
interface BusElementView extends SumView {
  /** How far `swap` is behind a tile's last operands. */
  readonly behindText: string;
  /** `swap`, as wide as the accumulator. */
  readonly swapped: string;
}

export function busElement(core: DesignCore, instances: number): BusElementView {
  const { config, format, accumulator } = core;
  const { bits } = accumulator;
  return {
    ...sumView(core, keptUnless('swap_q', bits)),
    template: 'rtl/arch/output-stationary/bus_pe.v',
    ports: [
      ...clockPorts(config),
      input('a_i', format.a.bits, `activation ${operandLayout(format.a)}, from the left`),
      output('a_o', format.a.bits, 'the same, one cycle later, to the right'),
      input('w_i', format.w.bits, `weight ${operandLayout(format.w)}, from above`),
      output('w_o', format.w.bits, 'the same, one cycle later, to below'),
      input('swap_i', 1, '1: put the accumulator on the bus and start anew, from the left'),
      output('swap_o', 1, 'the same, one cycle later, to the right'),
      input('bus_i', bits, 'sum of a PE above, or 0'),
      output('bus_o', bits, 'the same, or the sum of this PE'),
    ],
    instances,
    passing: passed({ a: format.a.bits, w: format.w.bits, swap: 1 }),
    behindText: counted(config.pipeline, 'cycle'),
    swapped: replicate(bits, 'swap_q'),
  };
}
