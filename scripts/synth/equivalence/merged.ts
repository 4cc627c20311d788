import type { Bit, Module } from '../../tools/yosys/module.js';
import { counterpart, nameOf, publicNames, type Register, registersByName, registersOf } from './registers.js';

/** A net of a module as synthesis leaves it, with all its names; a constant is '0' or '1'. */
interface MergedNet {
  readonly net: Bit;
  readonly names: readonly string[];
}

/** What synthesis makes of registers, by each of their names: those of a net hold the same. */
export type MergedNets = ReadonlyMap<string, MergedNet>;

/** The names of registers of the RTL that the netlist has no register for. */
export function withoutCounterpart(gold: Module, gate: Module): string[] {
  const byName = registersByName(registersOf(gate));
  return registersOf(gold)
    .filter((register) => counterpart(register, byName) === undefined)
    .map(nameOf);
}

/** The nets of a module by their names. @param optimised As synthesis leaves it, with all names. */
export const mergedNets = (optimised: Module): MergedNets =>
  new Map([...publicNames(optimised)].flatMap(([net, names]) => names.map((name) => [name, { net, names }] as const)));

/** The register of the RTL that one without a counterpart may be one with, and which has one. */
export function twinOf(
  register: Register,
  byName: ReadonlyMap<string, Register>,
  originalByName: ReadonlyMap<string, Register>,
  merged: MergedNets,
): Register | undefined {
  if (counterpart(register, byName) !== undefined) return undefined;
  return register.names
    .flatMap((name) => merged.get(name)?.names ?? [])
    .map((name) => originalByName.get(name))
    .find((other) => other !== undefined && other.type === register.type && counterpart(other, byName) !== undefined);
}

/** What a register holds that is to be a constant: what synthesis makes of it, or else its reset value, what it stores or 0. */
export function constantOf({ names, type, connections }: Register, merged: MergedNets): '0' | '1' {
  const made = names.map((name) => merged.get(name)?.net).find((net) => net === '0' || net === '1');
  const reset = /([01])_$/.exec(type)?.[1];
  return (made ?? reset ?? connections.D?.[0]) === '1' ? '1' : '0';
}
