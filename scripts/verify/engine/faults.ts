import type { Machine } from '../../../gen/commands/machine.js';
import type { RandomSource } from '../../../gen/golden/vectors.js';
import { type EngineJob, slowJob } from './engine.js';
import { patched, randomLayers } from './programs.js';

const COMMAND_BYTES = 64;
/** Places of the commands of a layer. */
const [LOAD, PRODUCT, STORE] = [0, 3, 4];

const half = (value: number): number[] => [value & 255, value >> 8];

/** Jobs that end with an error or before their end, each followed by one that ends well. */
export function faultJobs(machine: Machine, random: RandomSource): EngineJob[] {
  const program = () => randomLayers(machine, random, 1);
  const job = (more: Partial<EngineJob> = {}): EngineJob => ({ ...slowJob(program(), random), reset: false, ...more });
  const changed = (command: number, at: number, bytes: readonly number[], title: string): EngineJob =>
    job({ program: patched(program(), command * COMMAND_BYTES + at, bytes, title) });
  const { words } = machine;
  const refused = (writes: boolean): EngineJob => {
    const each = program();
    const command = each.commands[writes ? STORE : random.below(3)] as
      | { base: number; offset: number; run: number }
      | undefined;
    if (command === undefined) throw new Error('a layer has loads and a store');
    const first = (each.bases[command.base] as number) + command.offset + random.below(command.run);
    return job({ program: each, refused: [{ writes, first, bytes: 1 }] });
  };
  const faulty = [
    changed(PRODUCT, 0, [9], 'no opcode'),
    changed(LOAD, 12, [0, 0, 0], 'a load of no bytes'),
    changed(LOAD, 16, [0, 0], 'a load of no runs'),
    changed(LOAD, 10, [7], 'a load to no buffer'),
    changed(STORE, 10, [0], 'a store of activations'),
    changed(STORE, 18, [0, 0], 'a store of no repetitions'),
    changed(PRODUCT, 5, [7], 'a type that is none'),
    changed(PRODUCT, 4, [0xff], 'operands of types that are none'),
    changed(PRODUCT, 35, [200], 'more steps than a word has'),
    changed(PRODUCT, 28, [0], 'a window without rows'),
    changed(PRODUCT, 52, [...half(5), ...half(4)], 'bounds the wrong way round'),
    changed(LOAD, 8, half(words.activation), 'a load behind the buffer'),
    changed(PRODUCT, 10, half(words.weight), 'weights behind the buffer'),
    changed(PRODUCT, 46, half(words.constant), 'constants behind the buffer'),
    changed(PRODUCT, 48, half(words.output), 'results behind the buffer'),
    changed(STORE, 8, half(words.output), 'a store from behind the buffer'),
    refused(false),
    refused(false),
    refused(true),
    refused(true),
    job({ refused: [{ writes: false, first: COMMAND_BYTES * 2, bytes: 4 }] }),
    job({ stop: 1 + random.below(300) }),
    job({ stop: 1 + random.below(30) }),
    job({ abort: 1 + random.below(400) }),
    job({ abort: 1 + random.below(100) }),
    job({ abort: 1 + random.below(2000) }),
  ];
  return faulty.flatMap((each) => [each, job()]);
}
