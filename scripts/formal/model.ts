import { firstFree, type Module, mapValues, readModule } from '../tools/yosys/module.js';
import { withOpenInputs } from '../tools/yosys/wiring.js';

/** The name of a harness' module. */
export const HARNESS = 'properties';

/** A register of one bit of the clock's rising edge. */
const REGISTER = '$_DFF_P_';

/** What newer releases of Yosys keep of the name of a flattened module. */
const NAME_OF_MODULE = '$scopeinfo';

/** A model of a module with its properties, of gates and registers of one bit. */
export interface Model {
  readonly module: Module;
  readonly registers: number;
}

/**
 * A model of a harness, in which registers hold anything at first, and nets that nothing drives do always.
 *
 * @param json The harness as Yosys leaves it, of gates and of registers of one bit.
 * @throws Error where it has other state, or another clock.
 */
export function modelOf(json: string): Model {
  const read = readModule(json);
  const { gate: driven } = withOpenInputs({ gold: read, gate: read });
  // Yosys would give ABC nets that are to be kept as outputs besides.
  const gate = { ...driven, netnames: mapValues(driven.netnames, (net) => ({ ...net, attributes: {} })) };
  const registers = Object.entries(gate.cells).filter(([, { type }]) => type === REGISTER);
  const clock = gate.ports.clk_i?.bits[0];
  const others = Object.values(gate.cells).filter(
    ({ type, connections }) =>
      (type !== REGISTER && /ff|latch|mem|^\$_?sr/i.test(type)) ||
      (!type.startsWith('$_') && type !== NAME_OF_MODULE) ||
      (type === REGISTER && connections.C?.[0] !== clock),
  );
  if (others.length > 0) {
    throw new Error(
      `a model has cells of ${[...new Set(others.map(({ type }) => type))].join(', ')} or of another clock`,
    );
  }
  return {
    module: withFreePowerUp(
      gate,
      registers.map(([name]) => name),
    ),
    registers: registers.length,
  };
}

/**
 * A module whose registers hold in the first cycle what new inputs give. That cycle is told by a register which begins at 0; it
 * drives the input `first_i` where the module has that.
 */
function withFreePowerUp(module: Module, registers: readonly string[]): Module {
  // Without registers all cycles are alike.
  if (registers.length === 0) return module;
  const { first_i: first, ...ports } = module.ports;
  let free = firstFree(module);
  const started = free++;
  const clock = module.ports.clk_i?.bits ?? [];
  const cells: Record<string, Module['cells'][string]> = {
    ...module.cells,
    'started.register': gate(REGISTER, { C: clock, D: ['1'], Q: [started] }),
    ...(first === undefined ? {} : { 'first.gate': gate('$_NOT_', { A: [started], Y: first.bits }) }),
  };
  const powerUp: number[] = [];
  for (const name of registers) {
    const cell = module.cells[name] as Module['cells'][string];
    const [held, any] = [free++, free++];
    powerUp.push(any);
    cells[name] = { ...cell, connections: { ...cell.connections, Q: [held] } };
    cells[`${name}.power_up`] = gate('$_MUX_', { A: [any], B: [held], S: [started], Y: cell.connections.Q ?? [] });
  }
  return {
    ...module,
    ports: { ...ports, power_up: { direction: 'input', bits: powerUp } },
    cells,
    netnames: {
      ...module.netnames,
      started: { hide_name: 0, bits: [started], attributes: { init: '0' } },
    },
  };
}

/** Pins of the gates added above that are outputs. */
const OUTPUTS: readonly string[] = ['Y', 'Q'];

function gate(type: string, connections: Module['cells'][string]['connections']): Module['cells'][string] {
  const directions = Object.keys(connections).map((pin) => [pin, OUTPUTS.includes(pin) ? 'output' : 'input']);
  return {
    hide_name: 0,
    parameters: {},
    attributes: {},
    type,
    port_directions: Object.fromEntries(directions),
    connections,
  };
}

/** A model with a single output, and what of it is known without a solver. */
export interface Question {
  readonly json: string;
  /** The value of the output where it is a constant. */
  readonly constant: '0' | '1' | undefined;
}

/** Whether an output of a model is ever 1. */
export function questionOf({ module }: Model, output: string): Question {
  const port = module.ports[output];
  if (port?.direction !== 'output' || port.bits.length !== 1) throw new Error(`a harness without the output ${output}`);
  const ports = Object.entries(module.ports).filter(
    ([name, { direction }]) => name === output || direction === 'input',
  );
  const [net] = port.bits;
  return {
    json: JSON.stringify({ modules: { [HARNESS]: { ...module, ports: Object.fromEntries(ports) } } }),
    constant: net === '0' || net === '1' ? net : undefined,
  };
}
