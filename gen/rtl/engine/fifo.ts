import { input, type ModuleView, output } from '../module.js';
import { clock, reset } from '../ports.js';
import type { EngineBus } from './bus.js';

interface FifoView extends ModuleView {
  readonly async: boolean;
  /** What a place advances by. */
  readonly next: string;
}

/** A small queue in registers. */
export function fifoModule({ name, reset: kind }: Pick<EngineBus, 'name' | 'reset'>): FifoView {
  return {
    name: `${name}_fifo`,
    file: `rtl/${name}_fifo.v`,
    template: 'rtl/engine/fifo.v',
    title: 'Queue in registers.',
    ports: [
      clock,
      reset,
      input('clear_i', 1, '1: forget all words'),
      input('push_i', 1, 'take a word'),
      output('ready_o', 1, 'there is room'),
      input('data_i', 'WIDTH', 'word to take'),
      input('pop_i', 1, 'drop the oldest word'),
      output('valid_o', 1, 'there is a word'),
      output('data_o', 'WIDTH', 'the oldest word'),
    ],
    async: kind === 'async',
    next: "{{DEPTH_LOG2{1'b0}}, 1'b1}",
  };
}
