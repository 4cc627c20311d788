import type { Corrections } from './corrections.js';
import type { Machine } from './machine.js';
import type { Stats } from './stats.js';

/** The parts of the energy, in nJ, named as the published figure names them. */
export interface Energy {
  /** Background of the DRAM. */
  readonly static: number;
  readonly dram: number;
  readonly buffer: number;
  readonly core: number;
}

export const ENERGY_PARTS = ['static', 'dram', 'buffer', 'core'] as const satisfies readonly (keyof Energy)[];

export const totalEnergy = (energy: Energy): number => energy.static + energy.dram + energy.buffer + energy.core;

/** The energy as reported. Additions are in the published order, so that the last bits are the same. */
export function energyOf(stats: Stats, machine: Machine, corrections: Corrections): Energy {
  const { buffer, sramLeakage } = machine;
  const dram = corrections.dram ? machine.dram.corrected : machine.dram.published;
  const accesses =
    stats.weightReads * buffer.weightRead +
    stats.weightWrites * buffer.weightWrite +
    stats.activationReads * buffer.activationRead +
    stats.activationWrites * buffer.activationWrite +
    stats.resultReads * buffer.resultRead +
    stats.resultWrites * buffer.resultWrite;
  const working = corrections.utilisation
    ? stats.work * machine.unitDynamic
    : (stats.cycles - stats.stall) * machine.coreDynamic;
  return {
    static: stats.cycles * dram.background,
    dram: stats.dramReads * dram.read + stats.dramWrites * dram.write,
    buffer: accesses + (corrections.sramLeakage ? stats.cycles * sramLeakage : 0),
    core: stats.cycles * machine.coreLeakage + working,
  };
}

/** The energy by which the published search chooses among tilings of equal cycles: with other DRAM figures, and leakage. */
export function publishedSearchEnergy(stats: Stats, machine: Machine): number {
  const { buffer, sramLeakage, coreLeakage, coreDynamic } = machine;
  const { background, read, write } = machine.dram.search;
  let energy = stats.cycles * (coreLeakage + sramLeakage + background);
  energy += (stats.cycles - stats.stall) * coreDynamic;
  energy += stats.weightReads * buffer.weightRead;
  energy += stats.weightWrites * buffer.weightWrite;
  energy += stats.activationReads * buffer.activationRead;
  energy += stats.activationWrites * buffer.activationWrite;
  energy += stats.resultReads * buffer.resultRead;
  energy += stats.resultWrites * buffer.resultWrite;
  energy += stats.dramReads * read;
  energy += stats.dramWrites * write;
  return energy;
}
