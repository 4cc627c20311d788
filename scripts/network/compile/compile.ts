import { allOf, UserError } from '../../../gen/base/errors.js';
import { type Command, command, encodeCommands, withAhead } from '../../../gen/commands/encode.js';
import { FieldError } from '../../../gen/commands/field.js';
import type { Machine } from '../../../gen/commands/machine.js';
import { COMMAND_BYTES } from '../../../gen/commands/table.js';
import { type IntegerNetwork, secondOf } from './network.js';
import { BASES, type MemoryMap, placeNetwork } from './place.js';
import { type PreparedLayer, prepareLayer } from './prepare.js';
import { type Step, StepMaker } from './steps.js';
import { dependsOn, type PlannedCommand, withTokens } from './tokens.js';

/** What the engine runs before the host has its turn. */
export interface Job {
  /** The first command, in bytes from the begin of the commands. */
  readonly offset: number;
  readonly commands: readonly Command[];
  readonly layers: number;
}

/** A network as the engine runs it. */
export interface CompiledNetwork {
  readonly machine: Machine;
  readonly network: IntegerNetwork;
  /** Images that a job takes. */
  readonly images: number;
  readonly map: MemoryMap;
  readonly layers: readonly PreparedLayer[];
  readonly steps: readonly Step[];
  /** Of all jobs. */
  readonly commands: readonly Command[];
  readonly jobs: readonly Job[];
  /** Behind base register 0: weights, constants, zeros, commands. */
  readonly image: Uint8Array;
}

/**
 * Cuts the layers of a network into steps that fit the buffers, and makes the commands and the memory image.
 *
 * @param images Images that a job takes.
 * @throws UserError naming all layers that do not fit, and why.
 */
export function compile(machine: Machine, network: IntegerNetwork, images = 1): CompiledNetwork {
  if (images > 1) requireOneJob(network);
  const layers = allOf(network.layers.map((_, index) => () => prepareLayer(machine, network, index, images)));
  const map = placeNetwork(machine, network, layers, images);
  const jobs: Job[] = [];
  const steps: Step[] = [];
  let [first, offset] = [0, 0];
  for (const count of network.jobs ?? [layers.length]) {
    // Buffers hold nothing from job to job.
    const maker = new StepMaker(machine, network, map);
    const own = layers.slice(first, first + count).flatMap((layer) => maker.layerSteps(layer));
    const commands = withAhead([...withTokens(interleaved(own)), command('end', {})]);
    jobs.push({ offset, commands, layers: count });
    steps.push(...own);
    first += count;
    offset += commands.length * COMMAND_BYTES;
  }
  const commands = jobs.flatMap((job) => job.commands);
  requireFields(commands, layers);
  return {
    machine,
    network,
    images,
    map,
    layers,
    steps,
    commands,
    jobs,
    image: imageOf(map, layers, encodeCommands(commands)),
  };
}

/** @throws UserError where the host has something to do for each image. */
function requireOneJob({ jobs, layers }: IntegerNetwork): void {
  if ((jobs?.length ?? 1) === 1 && layers.every((layer) => secondOf(layer) === undefined)) return;
  throw new UserError('a job takes several images only of a network that is one job, with weights that are constants');
}

/** @throws UserError naming the layers with a number that is larger than its field. */
function requireFields(commands: readonly Command[], layers: readonly PreparedLayer[]): void {
  const problems = new Map<string, string>();
  for (const each of commands) {
    try {
      encodeCommands([each]);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      const name = each.name === 'end' ? '' : (layers[each.tag] as PreparedLayer).layer.name;
      if (!problems.has(name)) problems.set(name, `${name}: no command of the engine can say this: ${error.message}`);
    }
  }
  if (problems.size > 0) throw new UserError([...problems.values()].join('\n'));
}

/** The commands of steps: the loads of the next step come before a step's command, where they do not depend on it. */
function interleaved(steps: readonly Step[]): PlannedCommand[] {
  const commands: PlannedCommand[] = [...(steps[0]?.loads ?? [])];
  steps.forEach(({ compute, stores }, i) => {
    const own = [compute, ...stores];
    const early: PlannedCommand[] = [];
    const late: PlannedCommand[] = [];
    for (const load of steps[i + 1]?.loads ?? []) {
      const waits = [...own, ...late].some((each) => dependsOn(load, each));
      (waits ? late : early).push(load);
    }
    commands.push(...early, ...own, ...late);
  });
  return commands;
}

function imageOf(map: MemoryMap, layers: readonly PreparedLayer[], commands: Uint8Array): Uint8Array {
  const image = new Uint8Array(map.commands.offset + commands.length);
  for (const { index, weights, constants } of layers) {
    const at = map.weights.get(index);
    if (weights && at?.base === BASES.image) image.set(weights.bytes, at.offset);
    image.set(constants, map.constants.get(index)?.offset);
  }
  image.set(commands, map.commands.offset);
  return image;
}
