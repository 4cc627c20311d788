import type { ModuleView } from '../module.js';
import type { EngineBuffer } from './shape.js';

/** A memory of an engine: all on-chip memory lies in instances of the modules `<design>_ram_*`. */
export interface EngineMemory {
  readonly name: string;
  /** The module that it is an instance of. */
  readonly module: string;
  readonly instances: number;
  readonly words: number;
  /** Bits of a word, and parts of it that are written alone. */
  readonly bits: number;
  readonly lanes: number;
  readonly meaning: string;
}

/** A module that holds memories. */
export interface HoldsMemories extends ModuleView {
  readonly memories: readonly EngineMemory[];
}

const holdsMemories = (module: ModuleView): module is HoldsMemories => 'memories' in module;

/** The memories of all modules. */
export const memoriesOf = (modules: readonly ModuleView[]): EngineMemory[] =>
  modules.flatMap((module) => (holdsMemories(module) ? module.memories : []));

const MEANINGS: Readonly<Record<EngineBuffer['name'], string>> = {
  activation: 'activations',
  weight: 'weights',
  constant: 'biases and multipliers',
  output: 'results and second operands',
  table: 'the look-up table, once for each lane of the requantiser',
};

/** The memory of a buffer. */
export const bufferMemory = (
  { name: module }: Pick<ModuleView, 'name'>,
  { name, words, wordBits, lanes }: EngineBuffer,
  instances = 1,
): EngineMemory => ({ name, module, instances, words, bits: wordBits, lanes, meaning: MEANINGS[name] });
