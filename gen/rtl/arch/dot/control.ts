import type { DesignCore } from '../../design-core.js';
import { input, output } from '../../module.js';
import { clock, enablePorts, reset } from '../../ports.js';
import { type ShiftView, shiftRegister } from '../../register.js';
import { type DotView, dotView } from './view.js';

export interface DotControlView extends DotView {
  /** What follows a beat from the input register to the accumulators; none where it is there at once. */
  readonly delayed: readonly ShiftView[] | undefined;
  /** Those of them that are reset, and those that need not be. */
  readonly delayedValid: readonly ShiftView[];
  readonly delayedMarks: readonly ShiftView[];
  readonly delayText: string;
  /** Of the beat whose sum reaches the accumulators: that it is one, the first and the last of its tile. */
  readonly valid: string;
  readonly first: string;
  readonly last: string;
  readonly ends: string;
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
    output('add_o', 1, 'the accumulators take the sum of the beat that reaches them'),
    output('first_o', 1, 'it is the first of its tile'),
    output('row_valid_o', 1, 'the accumulators hold the results of a tile'),
  ];
  const delayed =
    delay > 0 ? ['valid', 'first', 'last'].map((name) => shiftRegister(`${name}_q`, delay, `${name}_i`)) : [];
  const [valid, first, last] = delayed;
  const title = 'Control: follows the beats to the accumulators.';
  return {
    ...dotView(core, { suffix: 'control', title, ports, instances: 1 }),
    delayed: delayed.length > 0 ? delayed : undefined,
    delayedValid: delayed.slice(0, 1),
    delayedMarks: delayed.slice(1),
    delayText:
      delay > 1
        ? 'Bit j: of the beat that left the input register j + 1 cycles ago.'
        : 'Of the beat that left the input register a cycle ago.',
    valid: valid?.last ?? 'valid_i',
    first: first?.last ?? 'first_i',
    last: last?.last ?? 'last_i',
    ends: last ? 'last' : 'last_i',
  };
}
