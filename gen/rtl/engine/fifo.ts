import { input, output } from '../module.js';
import { clock, reset } from '../ports.js';
import type { EngineBus } from './bus.js';
import { type EngineModuleView, engineModule } from './view.js';

interface FifoView extends EngineModuleView {
  /** What a place advances by. */
  readonly next: string;
}

/** A small queue in registers. */
export const fifoModule = (bus: Pick<EngineBus, 'name' | 'reset'>): FifoView =>
  engineModule(bus, 'fifo', {
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
    next: "{{DEPTH_LOG2{1'b0}}, 1'b1}",
  });
