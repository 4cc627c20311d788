import { joined, type MappedPort, type PortMap, paddingOf } from '../../rtl/port-map.js';
import { literal } from '../../rtl/verilog.js';

/** A design as a test bench sees it. */
export interface BenchedDesign {
  readonly top: string;
  /** A port that is 0 in simulation, where there is one. */
  readonly testEnable: string | null | undefined;
  readonly ports: PortMap;
}

/**
 * The instance of a design in a test bench: its module, what its ports are connected to, and wires for the padding of outputs.
 *
 * @param wireOf What a signal of the streams is connected to.
 * @param fillOf What is at so many bits of padding of an input.
 */
export function benchInstance(
  { top, testEnable, ports }: BenchedDesign,
  wireOf: (signal: string) => string | undefined,
  fillOf: (port: MappedPort, width: number) => string,
) {
  const wire = (signal: string): string => {
    const found = wireOf(signal);
    if (found === undefined) throw new Error(`the test bench has nothing for ${signal}`);
    return found;
  };
  const paddingWire = ({ name }: MappedPort): string => `${name}_padding`;
  return {
    module: top,
    connections: [
      { port: 'clk_i', name: 'clk' },
      { port: 'rst_ni', name: 'rst_n' },
      ...(testEnable ? [{ port: testEnable, name: "1'b0" }] : []),
      ...ports.map((port) => {
        const fill = (width: number): string => (port.direction === 'output' ? paddingWire(port) : fillOf(port, width));
        return { port: port.name, name: joined(port, wire, fill) };
      }),
    ],
    padding: ports
      .filter((port) => port.direction === 'output')
      .flatMap((port) =>
        paddingOf(port).map(({ width }) => ({
          ...{ port: port.name, name: paddingWire(port), width, zero: literal(width, 0) },
        })),
      ),
  };
}
