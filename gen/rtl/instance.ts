import type { ModuleView } from './module.js';
import type { PortView } from './periphery.js';

/** An instance of a module: what its parameters and ports are connected to. */
export interface InstanceView {
  readonly module: string;
  readonly parameters: readonly Connection[];
  readonly ports: readonly Connection[];
}

export interface Connection {
  readonly port: string;
  readonly name: string;
}

/**
 * An instance of a module.
 *
 * @param wireOf The wire of a port; undefined: the one called as the port without its ending.
 */
export function instance(
  { name, ports }: Pick<ModuleView, 'name' | 'ports'>,
  wireOf: (port: string) => string | undefined,
  parameters: readonly string[] = [],
): InstanceView {
  return {
    module: name,
    parameters: parameters.map((parameter) => ({ port: parameter, name: parameter })),
    ports: ports.map(({ name: port }) => ({ port, name: wireOf(port) ?? port.replace(/_[io]$/, '') })),
  };
}

/** A wire of a top, its range in terms of the top's parameters. */
export interface WireView {
  readonly range: string;
  readonly name: string;
}

/** A wire of one bit, or of as many as an expression says. */
export const wire = (name: string, bits = ''): WireView => ({ range: bits === '' ? '' : `[${bits}-1:0] `, name });

/** A local parameter of a top. */
export interface LocalParameter {
  readonly name: string;
  readonly value: number | string;
  readonly comment: string;
}

/** The parameters of a top that are widths of selectors: of a port's types, and of what its decoders are told besides codes. */
export function selectorParameters(ports: readonly PortView[]): LocalParameter[] {
  return ports.flatMap(({ letter, hasType, typeBits, wide, modeBits, mode }) => {
    const upper = letter.toUpperCase();
    return [
      ...(hasType ? [{ name: `${upper}_TYPE_BITS`, value: typeBits, comment: '' }] : []),
      ...(wide ? [{ name: `${upper}_MODE_BITS`, value: modeBits, comment: `  // ${mode}` }] : []),
    ];
  });
}

/** The wires of a top that carry the selectors of an operand port. */
export const selectorWires = (ports: readonly PortView[]): WireView[] =>
  ports.flatMap(({ letter, hasType, wide }) => [
    ...(wide ? [wire(`${letter}_wide`)] : []),
    ...(hasType ? [wire(`${letter}_type`, `${letter.toUpperCase()}_TYPE_BITS`)] : []),
  ]);
