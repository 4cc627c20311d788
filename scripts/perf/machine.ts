import type { Configuration } from '../../gen/config/parameters.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { factsOf, timingOf } from '../../gen/rtl/arch/table.js';
import type { Timing } from '../../gen/rtl/timing.js';
import type { Accelerator, DramEnergies } from './accelerator.js';

/** nJ per bit read and written, in the three buffers. */
export interface BufferEnergies {
  readonly weightRead: number;
  readonly weightWrite: number;
  readonly activationRead: number;
  readonly activationWrite: number;
  readonly resultRead: number;
  readonly resultWrite: number;
}

/** What the search and the energies need of an accelerator, worked out once. Capacities are in bits, energies in nJ. */
export interface Machine {
  readonly accelerator: Accelerator;
  readonly rows: number;
  readonly cols: number;
  /** Multipliers of a unit: steps of the reduction that it takes at once. */
  readonly lanes: number;
  /** Whether weights stay while rows of activations stream past them; else sums stay. */
  readonly weightsStay: boolean;
  readonly weightCapacity: number;
  readonly activationCapacity: number;
  readonly resultCapacity: number;
  readonly interfaceBits: number;
  readonly accumulatorBits: number;
  readonly maxK: number;
  /** Cycle counts of an array that this project generates, in this size. */
  readonly timing: Timing;
  /** Of the whole array per cycle, and per cycle in which it works. */
  readonly coreLeakage: number;
  readonly coreDynamic: number;
  /** Of one multiplier, per cycle in which it works. */
  readonly unitDynamic: number;
  readonly sramLeakage: number;
  readonly buffer: BufferEnergies;
  readonly dram: { readonly published: DramEnergies; readonly search: DramEnergies; readonly corrected: DramEnergies };
}

export function machineOf(accelerator: Accelerator): Machine {
  const { array, core, memory } = accelerator;
  const { weights, activations, results } = memory.buffers;
  const { frequencyHz, usable } = memory;
  const multipliers = multipliersOf(array);
  const configuration = accelerator.design ?? configurationOf(accelerator);
  return {
    accelerator,
    rows: array.rows,
    cols: array.cols,
    lanes: array.lanes,
    weightsStay: factsOf(configuration).tile.weightsStay,
    weightCapacity: weights.bytes * 8 * usable,
    activationCapacity: activations.bytes * 8 * usable,
    resultCapacity: results.bytes * 8 * usable,
    interfaceBits: memory.interfaceBits,
    accumulatorBits: array.accumulatorBits,
    maxK: array.maxK ?? Number.POSITIVE_INFINITY,
    timing: timingOf(configuration),
    coreLeakage: (core.leakage * multipliers) / frequencyHz,
    coreDynamic: (core.dynamic * multipliers) / frequencyHz,
    unitDynamic: core.dynamic / frequencyHz,
    sramLeakage: ((weights.leakage + activations.leakage + results.leakage) * 1e6) / frequencyHz,
    buffer: {
      weightRead: weights.read,
      weightWrite: weights.write,
      activationRead: activations.read,
      activationWrite: activations.write,
      resultRead: results.read,
      resultWrite: results.write,
    },
    dram: memory.dram,
  };
}

/** The multipliers of all units. */
export const multipliersOf = ({ rows, cols, lanes }: Accelerator['array']): number => rows * cols * lanes;

/** The units of an array, in words. */
export const unitsText = ({ rows, cols, lanes, maxBits }: Accelerator['array']): string =>
  `${rows} x ${cols} units of ${lanes > 1 ? `${lanes} lanes and ` : ''}${maxBits} bits`;

/** Units along each side for codes of some width: a unit counts as one, or as 2 x 2 narrower ones. */
export const packing = ({ accelerator: { array } }: Machine, bits: number): number =>
  Math.floor(array.maxBits / Math.max(bits, array.minBits));

/** The array of smallest PEs as a generated design. */
export function configurationOf({ array }: Pick<Accelerator, 'array'>): Configuration {
  const { rows, cols, maxBits, minBits, accumulatorBits: _bits, maxK: _maxK, ...parameters } = array;
  const perUnit = Math.floor(maxBits / minBits);
  return validateConfiguration({ rows: rows * perUnit, cols: cols * perUnit, ...parameters });
}
