import { type Bit, firstFree, type Module, type ModulePair, mapValues } from './module.js';

/**
 * What drives a netlist's nets more than once: names of the nets with two outputs of cells or ports on them, or with one and a
 * constant. Cells of unknown directions are left out.
 *
 * @param netlist As it is, before anything is simplified: that may drop one of the drivers.
 */
export function conflictsOf(netlist: Module): string[] {
  const names = new Map<Bit, string>();
  for (const [name, { bits }] of Object.entries(netlist.netnames)) {
    bits.forEach((net, i) => {
      names.set(net, bits.length === 1 ? name : `${name}[${i}]`);
    });
  }
  const driven = new Set<Bit>();
  const conflicts = new Set<string>();
  for (const { pin, net } of driversOf(netlist)) {
    if (typeof net === 'string') conflicts.add(`${pin}, which is constant ${net}`);
    else if (driven.has(net)) conflicts.add(names.get(net) ?? pin);
    driven.add(net);
  }
  return [...conflicts];
}

/**
 * Both modules with an input for each net of the netlist that nothing drives and each pin that is x or z: the modules are
 * equal then only if they are whatever these hold. What the RTL leaves open is the netlist's to choose, and stays.
 *
 * @param gate Without registers.
 */
export function withOpenInputs({ gold, gate }: ModulePair): ModulePair {
  const driven = new Set([...driversOf(gate)].map(({ net }) => net));
  const opened = new Set<Bit>();
  let free = firstFree(gate);
  const closed = (nets: readonly Bit[]): Bit[] =>
    nets.map((net) => {
      const undefinedBit = net === 'x' || net === 'z';
      if (!undefinedBit && (typeof net === 'string' || driven.has(net))) return net;
      const input = undefinedBit ? free++ : net;
      opened.add(input);
      return input;
    });
  const cells = mapValues(gate.cells, (cell) => ({
    ...cell,
    connections: mapValues(cell.connections, (nets, pin) => (isOutput(cell, pin) ? [...nets] : closed(nets))),
  }));
  const ports = mapValues(gate.ports, (port) =>
    port.direction === 'output' ? { ...port, bits: closed(port.bits) } : port,
  );
  if (opened.size === 0) return { gold, gate };
  const inputs = (first?: number): Module['ports'] =>
    Object.fromEntries(
      [...opened].map((net, i) => [
        `open[${i}]`,
        { direction: 'input', bits: [first === undefined ? net : first + i] },
      ]),
    );
  return {
    gold: { ...gold, ports: { ...gold.ports, ...inputs(firstFree(gold)) } },
    gate: { ...gate, cells, ports: { ...ports, ...inputs() } },
  };
}

type Cell = Module['cells'][string];

const isOutput = ({ port_directions }: Cell, pin: string): boolean => port_directions?.[pin] === 'output';

/** Input ports and outputs of cells, bit by bit. */
function* driversOf({ ports, cells }: Module): Generator<{ readonly pin: string; readonly net: Bit }> {
  for (const [pin, { direction, bits }] of Object.entries(ports)) {
    if (direction === 'input') for (const net of bits) yield { pin, net };
  }
  for (const [name, cell] of Object.entries(cells)) {
    for (const [pin, nets] of Object.entries(cell.connections)) {
      if (isOutput(cell, pin)) for (const net of nets) yield { pin: `${name}.${pin}`, net };
    }
  }
}
