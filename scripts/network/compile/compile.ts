import { type Command, command, encodeCommands } from '../../../gen/commands/encode.js';
import type { Machine } from '../../../gen/commands/machine.js';
import type { IntegerNetwork } from './network.js';
import { type MemoryMap, placeNetwork } from './place.js';
import { type PreparedLayer, prepareLayer } from './prepare.js';
import { type Step, StepMaker } from './steps.js';
import { dependsOn, type PlannedCommand, withTokens } from './tokens.js';

/** A network as the engine runs it. */
export interface CompiledNetwork {
  readonly machine: Machine;
  readonly network: IntegerNetwork;
  readonly map: MemoryMap;
  readonly layers: readonly PreparedLayer[];
  readonly steps: readonly Step[];
  readonly commands: readonly Command[];
  /** Behind base register 0: weights, constants, zeros, commands. */
  readonly image: Uint8Array;
}

/**
 * Cuts the layers of a network into steps that fit the buffers, and makes the commands and the memory image.
 *
 * @throws UserError for a layer that does not fit.
 * @throws FieldError where a number of a command is larger than its field.
 */
export function compile(machine: Machine, network: IntegerNetwork): CompiledNetwork {
  const layers = network.layers.map((_, index) => prepareLayer(machine, network, index));
  const map = placeNetwork(machine, network, layers);
  const maker = new StepMaker(machine, network, map);
  const steps = layers.flatMap((layer) => maker.layerSteps(layer));
  const commands = [...withTokens(interleaved(steps)), command('end', {})];
  return { machine, network, map, layers, steps, commands, image: imageOf(map, layers, encodeCommands(commands)) };
}

/** The commands of steps: the loads of the next step come before a step's command, where they do not depend on it. */
function interleaved(steps: readonly Step[]): PlannedCommand[] {
  const commands: PlannedCommand[] = [...(steps[0]?.loads ?? [])];
  steps.forEach(({ compute, stores }, i) => {
    const own = [compute, ...stores];
    const next = steps[i + 1]?.loads ?? [];
    const early = next.findIndex((load) => own.some((each) => dependsOn(load, each)));
    const count = early < 0 ? next.length : early;
    commands.push(...next.slice(0, count), ...own, ...next.slice(count));
  });
  return commands;
}

function imageOf(map: MemoryMap, layers: readonly PreparedLayer[], commands: Uint8Array): Uint8Array {
  const image = new Uint8Array(map.commands.offset + commands.length);
  for (const { index, weights, constants } of layers) {
    const at = map.weights.get(index);
    if (weights && at) image.set(weights.bytes, at.offset);
    image.set(constants, map.constants.get(index)?.offset);
  }
  image.set(commands, map.commands.offset);
  return image;
}
