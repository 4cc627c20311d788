import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { literal } from '../../verilog.js';
import { type DotView, dotView } from './view.js';

export interface DotControlView extends DotView {
  /** Registers between the input register and the accumulators. */
  readonly delay: number;
  readonly delayed: boolean;
  readonly manyDelayed: boolean;
  readonly last: number;
  readonly lastButOne: number;
  readonly zero: string;
}

export function dotControlModule(core: DesignCore): DotControlView {
  const delay = core.config.pipeline - 1;
  const ports = [
    clock,
    reset,
    ...enablePorts(core.config),
    input('valid_i', 1, 'there is a beat in the input register'),
    input('first_i', 1, 'it is the first of its tile'),
    input('last_i', 1, 'it is the last of its tile'),
    output('add_o', 1, 'the beat whose sum reaches the accumulators counts'),
    output('first_o', 1, 'it is the first of its tile'),
    output('row_valid_o', 1, 'the accumulators hold the results of a tile'),
  ];
  const title = 'Control: follows the beats to the accumulators.';
  return {
    ...dotView(core, { suffix: 'control', title, ports, instances: 1 }),
    delay,
    delayed: delay > 0,
    manyDelayed: delay > 1,
    last: delay - 1,
    lastButOne: delay - 2,
    zero: literal(Math.max(delay, 1), 0),
  };
}
