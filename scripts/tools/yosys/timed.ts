import type { Yosys } from './interface.js';

/** What work gave, and the seconds that it took. */
export interface Timed<T> {
  readonly value: T;
  readonly seconds: number;
}

/**
 * Times work that runs Yosys. Outcomes that are remembered count as long as they took when they were run.
 *
 * @param work Gets the Yosys that it has to use.
 */
export async function timed<T>(yosys: Yosys, work: (yosys: Yosys) => Promise<T>): Promise<Timed<T>> {
  let remembered = 0;
  const watched: Yosys = {
    ...yosys,
    async execute(...job) {
      const outcome = await yosys.execute(...job);
      remembered += outcome.tookSeconds ?? 0;
      return outcome;
    },
  };
  const start = performance.now();
  const value = await work(watched);
  return { value, seconds: Math.round(performance.now() - start + 1000 * remembered) / 1000 };
}
