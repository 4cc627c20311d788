import { type Bit, firstFree, type Module } from '../../tools/yosys/module.js';

type Cell = Module['cells'][string];

/** Two modules without the black boxes in them, and how many there were. */
export interface OpenPair {
  readonly gold: Module;
  readonly gate: Module;
  readonly blackBoxes: number;
}

/**
 * Cuts instances out of both modules: what goes into an instance becomes an output, what comes out of it an input. If the two
 * modules agree then, they do with any modules in the places of the instances that are the same in both. Instances belong
 * together by their names, and have to be of the same type.
 *
 * @param gold The RTL around its modules.
 * @param gate The netlist, whose instances have the directions of their ports.
 * @param types The modules that are instances.
 * @returns the modules, or what keeps them from being compared.
 */
export function cutBlackBoxes(
  gold: Module,
  gate: Module,
  types: ReadonlySet<string>,
): OpenPair | { readonly problem: string } {
  const [left, right] = [blackBoxesOf(gold, types), blackBoxesOf(gate, types)];
  const names = [...new Set([...left.keys(), ...right.keys()])];
  const unlike = names.filter((name) => left.get(name)?.type !== right.get(name)?.type);
  if (unlike.length > 0) {
    return {
      problem: `${unlike.length} instances are not of the same module, such as ${unlike.slice(0, 3).join(', ')}`,
    };
  }
  const pins = names.flatMap((name) => pinsOf(name, left.get(name), right.get(name)));
  const wrong = pins.filter((pin) => pin.direction === undefined || isLoose(pin));
  if (wrong.length > 0) {
    const some = wrong.slice(0, 3).map(({ name }) => name);
    return { problem: `${wrong.length} pins of instances are not connected alike, such as ${some.join(', ')}` };
  }
  return {
    gold: withoutBlackBoxes(gold, left, pins, 'gold'),
    gate: withoutBlackBoxes(gate, right, pins, 'gate'),
    blackBoxes: names.length,
  };
}

const blackBoxesOf = ({ cells }: Module, types: ReadonlySet<string>): Map<string, Cell> =>
  new Map(Object.entries(cells).filter(([, { type }]) => types.has(type)));

/** A pin of an instance, with the nets on it in both modules. */
interface Pin {
  readonly name: string;
  readonly direction: string | undefined;
  readonly gold: readonly Bit[];
  readonly gate: readonly Bit[];
}

function pinsOf(instance: string, gold: Cell | undefined, gate: Cell | undefined): Pin[] {
  const [left, right] = [gold?.connections ?? {}, gate?.connections ?? {}];
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].map((pin) => ({
    name: `${instance}.${pin}`,
    direction: gate?.port_directions?.[pin],
    gold: left[pin] ?? [],
    gate: right[pin] ?? [],
  }));
}

/** An output may be connected in one module alone, where nothing depends on it; an input may not. */
function isLoose({ direction, gold, gate }: Pin): boolean {
  if (gold.length === gate.length) return false;
  return direction !== 'output' || (gold.length > 0 && gate.length > 0);
}

/** A module without its instances; `u_control.run_o` and the like are the new ports. */
function withoutBlackBoxes(
  module: Module,
  blackBoxes: ReadonlyMap<string, Cell>,
  pins: readonly Pin[],
  side: 'gold' | 'gate',
): Module {
  let free = firstFree(module);
  const ports = pins.map(({ name, direction, ...nets }) => {
    const other = nets[side === 'gold' ? 'gate' : 'gold'];
    const bits = nets[side].length > 0 ? [...nets[side]] : other.map(() => free++);
    return [name, { direction: direction === 'output' ? 'input' : 'output', bits }] as const;
  });
  return {
    ...module,
    ports: { ...module.ports, ...Object.fromEntries(ports) },
    cells: Object.fromEntries(Object.entries(module.cells).filter(([name]) => !blackBoxes.has(name))),
  };
}
