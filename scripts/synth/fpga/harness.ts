import { z } from 'zod';
import type { HarnessPort } from '../../../gen/design/harness.js';

/** The part of Yosys' `write_json` that tells the ports of modules. */
export const PORTS = z.object({
  modules: z.record(
    z.string(),
    z.object({
      ports: z.record(z.string(), z.object({ direction: z.enum(['input', 'output']), bits: z.array(z.unknown()) })),
    }),
  ),
});

export const HARNESS = 'place_harness';
export const HARNESS_FILE = 'place_harness.v';

/** The ports of a module that Yosys has read. */
export function portsOf(netlist: z.output<typeof PORTS>, module: string): HarnessPort[] {
  return Object.entries(netlist.modules[module]?.ports ?? {}).map(([name, { direction, bits }]) => ({
    name,
    direction,
    bits: bits.length,
  }));
}
