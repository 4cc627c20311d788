import type { Configuration } from '../../config/parameters.js';
import { leastResetEdges, RESET_EDGES } from '../../rtl/reset.js';

/** What the datasheet says of the reset, a note each. */
export function resetNotes(config: Pick<Configuration, 'stall' | 'reset'>): string[] {
  const two = leastResetEdges(config) === 2;
  return [
    `Hold \`rst_ni\` low for at least ${RESET_EDGES} rising edges of \`clk_i\`. This design needs ${leastResetEdges(config)}. The number is the same for all designs, so that one reset fits every configuration; the rest is margin.`,
    two
      ? 'At the first edge the output buffer empties, which opens the clock gate. At the second edge the registers behind the gate see the reset. A reset of 1 edge misses them while the design is stalled, and may miss them after power-up. Results of an old tile may then follow, and the results of later tiles may be wrong.'
      : 'A pulse without a rising edge in it is no reset.',
    ...(config.reset === 'async'
      ? [
          'The reset is asynchronous: it takes effect at once. Its release must be synchronous to `clk_i`, setup and hold time included. A reset synchroniser outside has to see to that.',
        ]
      : ['The reset is synchronous: an input like the others, with setup and hold time.']),
    'Reset may come at any time. The design loses all beats and results in it, and beats offered during reset, whatever the ready outputs say.',
    'The data path has no reset. It is flushed after reset, and nothing of that leaves: the first results are those of the first tile.',
  ];
}
