import { z } from 'zod';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';

/** The part of Yosys' `write_json` that tells the ports of modules. */
export const PORTS = z.object({
  modules: z.record(
    z.string(),
    z.object({
      ports: z.record(z.string(), z.object({ direction: z.enum(['input', 'output']), bits: z.array(z.unknown()) })),
    }),
  ),
});

/** A port of a module, with its bits. */
export interface HarnessPort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  readonly bits: number;
}

export const CLOCK = 'clk_i';
export const HARNESS = 'place_harness';
export const HARNESS_FILE = 'place_harness.v';

/** Bits around a module, which take up logic cells besides its own. */
export interface HarnessSize {
  readonly inputs: number;
  readonly outputs: number;
}

/** The ports of a module that Yosys has read. */
export function portsOf(netlist: z.output<typeof PORTS>, module: string): HarnessPort[] {
  return Object.entries(netlist.modules[module]?.ports ?? {}).map(([name, { direction, bits }]) => ({
    name,
    direction,
    bits: bits.length,
  }));
}

export function harnessSize(ports: readonly HarnessPort[]): HarnessSize {
  const bits = (direction: HarnessPort['direction']): number =>
    ports
      .filter((port) => port.direction === direction && port.name !== CLOCK)
      .reduce((sum, port) => sum + port.bits, 0);
  return { inputs: bits('input'), outputs: bits('output') };
}

/** A module to put into a harness. */
export interface Harnessed {
  readonly module: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly ports: readonly HarnessPort[];
}

/**
 * Verilog of a module with three pins around a module of any number: so it fits any package and pins limit nothing, and
 * every bit still matters. @throws Error for a module without a clock, without inputs or without outputs.
 */
export function harnessVerilog({ module, parameters, ports }: Harnessed): string {
  const { inputs, outputs } = harnessSize(ports);
  if (!ports.some(({ name }) => name === CLOCK)) throw new Error(`${module} has no ${CLOCK}`);
  if (inputs === 0 || outputs === 0) throw new Error(`${module} has ${inputs} input and ${outputs} output bits`);
  const next = { input: 0, output: 0 };
  const wires = ports.map(({ name, direction, bits }) => {
    if (name === CLOCK) return { port: CLOCK, name: CLOCK };
    const from = next[direction];
    next[direction] += bits;
    return { port: name, name: `${direction === 'input' ? 'in_q' : 'out'}[${from} +: ${bits}]` };
  });
  const settings = Object.entries(parameters).map(([name, value]) => `.${name}(${value})`);
  const instance = settings.length === 0 ? module : `${module} #(${settings.join(', ')})`;
  return renderTemplate('synth/fpga/harness.v', { harness: HARNESS, module, inputs, outputs, instance, wires });
}
