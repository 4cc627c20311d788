import { type Command, type CommandOf, commandKind } from '../../commands/encode.js';
import { type Machine, stepsPerWord, tilePixels, typeBits, typeName } from '../../commands/machine.js';
import { BUFFERS, SECOND } from '../../commands/table.js';
import { outputPixels } from '../../commands/walk.js';
import { Fault, WrongProgram } from './failure.js';

/** @throws Fault for a command that is illegal on a machine. */
export function checkCommand(machine: Machine, command: Command): void {
  const values = command as unknown as Readonly<Record<string, number>>;
  for (const { name, least, most } of commandKind(command.name).fields) {
    const value = values[name];
    if (value !== undefined && (value < least || value > most)) {
      throw new Fault('field', `${name} is ${value}; it must be from ${least} to ${most}`);
    }
  }
  switch (command.name) {
    case 'end':
    case 'load':
      return;
    case 'store':
      if (BUFFERS[command.buffer]?.name !== 'output') throw new Fault('field', 'a store takes the output buffer');
      return;
    case 'product':
      checkType(machine.weightTypes, 'w_type', command.w_type);
      checkCompute(machine, command);
      checkDepth(machine, command);
      return;
    case 'vector':
      checkCompute(machine, command);
  }
}

function checkCompute(machine: Machine, command: CommandOf<'product' | 'vector'>): void {
  checkType(machine.activationTypes, 'a_type', command.a_type);
  if (command.name === 'product' && command.hold) return;
  checkType(machine.resultTypes, 'out_type', command.out_type);
  if (command.second) checkType(machine.resultTypes, 'second_type', command.second_type);
  if (command.copy) checkType(machine.resultTypes, 'copy_type', command.copy_type);
  if (command.name === 'product' && command.second === SECOND.multiply) {
    throw new Fault('field', 'second is 2, which a product does not have');
  }
  if (command.high < command.low) throw new Fault('field', `high, ${command.high}, is below low, ${command.low}`);
}

function checkDepth(machine: Machine, command: CommandOf<'product'>): void {
  const bits = typeBits(command.a_type);
  const most = stepsPerWord(machine, bits);
  if (command.depth_tail > most) {
    throw new Fault('field', `depth_tail is ${command.depth_tail}; a word has ${most} steps`);
  }
  if (!command.hold) return;
  const pixels = outputPixels(command);
  if (command.groups * command.column_tiles > 1 || pixels > tilePixels(machine, bits)) {
    throw new WrongProgram('hold needs one group, one column tile, and one tile of pixels');
  }
}

function checkType(types: readonly string[], field: string, number: number): void {
  const name = typeName(number);
  if (name === undefined || !types.includes(name)) {
    throw new Fault('field', `${field} is ${number}, ${name ?? 'no type'}; there are ${types.join(', ')}`);
  }
}
