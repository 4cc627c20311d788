import { EXIT, UserError } from '../../gen/base/errors.js';
import type { Accelerator } from './accelerator.js';
import type { Corrections } from './corrections.js';
import { type Energy, energyOf } from './energy.js';
import { engineSchedule } from './engine.js';
import type { Layer, Network } from './layer.js';
import { type BitSources, plannedLayers } from './layers.js';
import { type Machine, machineOf } from './machine.js';
import { type LayerBits, problemOf } from './problem.js';
import { bestSchedule, type Schedule } from './search.js';
import { type Stats, summedStats } from './stats.js';

/** A layer on an accelerator. */
export interface LayerResult {
  readonly layer: Layer;
  readonly bits: number;
  readonly schedule: Schedule;
  readonly energy: Energy;
}

/** A network on an accelerator, for a batch. */
export interface NetworkResult {
  readonly network: string;
  readonly accelerator: string;
  readonly samples: number;
  readonly layers: readonly LayerResult[];
  readonly stats: Stats;
  /** Of the sums: the published model evaluates it once per network. */
  readonly energy: Energy;
}

/** Samples of a batch in the published comparison. */
export const PUBLISHED_BATCH = 64;

/** Evaluates networks on accelerators; equal problems on equal machines are searched once. */
export class Evaluator {
  readonly #schedules = new Map<string, Schedule | undefined>();
  readonly #machines = new Map<Accelerator, Machine>();
  /** Problems that were searched. */
  searched = 0;

  constructor(
    readonly corrections: Corrections,
    readonly samples: number = PUBLISHED_BATCH,
  ) {}

  /** @throws UserError when a layer fits the buffers in no tiling. */
  evaluate(network: Network, accelerator: Accelerator, sources: BitSources): NetworkResult {
    const machine = this.#machine(accelerator);
    const planned = plannedLayers(network, accelerator, sources, this.corrections);
    if (planned.length === 0) {
      const way = this.corrections.attention ? '' : '; --corrected counts products of two activations';
      throw new UserError(`${network.name} has no layer that counts${way}`);
    }
    const layers = planned.map(({ layer, bits }): LayerResult => {
      const schedule = this.#scheduleOf(layer, bits, machine);
      if (!schedule) {
        throw new UserError(
          `${network.name} on ${accelerator.name}: the smallest tile of ${layer.name} does not fit the buffers`,
          EXIT.badRequest,
        );
      }
      return { layer, bits: bits.operands, schedule, energy: energyOf(schedule.stats, machine, this.corrections) };
    });
    const stats = summedStats(layers.map(({ schedule }) => schedule.stats));
    return {
      network: network.name,
      accelerator: accelerator.name,
      samples: this.samples,
      layers,
      stats,
      energy: energyOf(stats, machine, this.corrections),
    };
  }

  #machine(accelerator: Accelerator): Machine {
    const machine = this.#machines.get(accelerator) ?? machineOf(accelerator);
    this.#machines.set(accelerator, machine);
    return machine;
  }

  #scheduleOf(layer: Layer, bits: LayerBits, machine: Machine): Schedule | undefined {
    const { engine } = machine.accelerator;
    const { samples, corrections } = this;
    if (engine) {
      const key = [{ ...layer, name: '' }, bits];
      return this.#known(machine, key, () => engineSchedule(layer, bits, samples, engine));
    }
    const problem = problemOf(layer, bits, samples, corrections);
    return this.#known(machine, problem, () => bestSchedule(problem, machine, corrections));
  }

  #known(machine: Machine, what: unknown, find: () => Schedule | undefined): Schedule | undefined {
    const { array, core, memory, engine, design } = machine.accelerator;
    const key = JSON.stringify([array, core, memory, engine, design, what]);
    if (!this.#schedules.has(key)) {
      this.searched++;
      this.#schedules.set(key, find());
    }
    return this.#schedules.get(key);
  }
}
