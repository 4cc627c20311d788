import type { DesignCore } from './design-core.js';
import { input, output } from './module.js';
import { type PeripheryView, peripheryModule } from './periphery.js';
import { clock, reset } from './ports.js';
import { fieldOf, type Stream, type StreamField, streamPorts } from './streams.js';

interface OutputView extends PeripheryView {
  readonly rowBits: number;
  /** What stops while it is full. */
  readonly stops: string;
  /** Whether a tile leaves in several rows. */
  readonly hasLast: boolean;
}

/** What the buffer is behind: the array or the units, and whether their results come in rows. */
interface Producer {
  readonly whole: string;
  readonly rows: boolean;
}

export function outputModule(core: DesignCore, results: Stream, { whole, rows }: Producer): OutputView {
  const rowBits = (fieldOf(results, 'data', 'results') as StreamField).width;
  const ports = [
    clock,
    reset,
    input(
      'row_valid_i',
      1,
      `${rows ? 'a row of results leaves the array' : 'results of a tile are there'}; ignored while run_o is 0`,
    ),
    ...(rows ? [input('row_last_i', 1, 'it is the last of its tile')] : []),
    input('row_data_i', rowBits, rows ? 'the row' : 'the results, a row of the buffer'),
    output('run_o', 1, `the ${whole} may run: there is room for one more row`),
    ...streamPorts(results),
  ];
  const title = 'Output buffer: two rows, so that nothing depends on out_ready_i within a cycle.';
  return {
    ...peripheryModule(core, { suffix: 'output', title, ports, instances: 1, template: 'rtl/output' }),
    rowBits,
    stops: `The ${whole}${rows ? ' stops' : ' stop'}`,
    hasLast: rows,
  };
}
