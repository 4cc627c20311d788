import { renderTemplate } from '../rtl/render/templates.js';

/** A port of a module, with its bits. */
export interface HarnessPort {
  readonly name: string;
  readonly direction: 'input' | 'output';
  readonly bits: number;
}

const CLOCK = 'clk_i';

/** Bits around a module, which take up logic cells besides its own. */
export interface HarnessSize {
  readonly inputs: number;
  readonly outputs: number;
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
  /** The name of the harness. */
  readonly harness: string;
  readonly module: string;
  readonly parameters: Readonly<Record<string, number>>;
  readonly ports: readonly HarnessPort[];
}

/**
 * Verilog of a module with three pins around a module of any number: so it fits any package and pins limit nothing, and
 * every bit still matters. @throws Error for a module without a clock, without inputs or without outputs.
 */
export function harnessVerilog({ harness, module, parameters, ports }: Harnessed): string {
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
  return renderTemplate('design/harness.v', { harness, module, inputs, outputs, instance, wires });
}
