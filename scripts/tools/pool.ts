import { availableParallelism } from 'node:os';

/** By this a program that runs several of its kind tells each that it may run one tool at a time. */
export const ONE_TOOL = 'ANT_RTL_ONE_TOOL';

/** Runs of a synthesis or place-and-route tool at a time; a run takes one core and up to 400 MB. */
export const TOOLS_AT_A_TIME = process.env[ONE_TOOL] === undefined ? Math.min(2, availableParallelism()) : 1;

/** Applies an asynchronous function to all items, at most `limit` at a time; results are in the items' order. */
export async function mapLimit<T, R>(items: readonly T[], limit: number, run: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  let failed = false;
  const worker = async (): Promise<void> => {
    for (let next = queue.shift(); next !== undefined && !failed; next = queue.shift()) {
      const [index, item] = next;
      try {
        results[index] = await run(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const outcomes = await Promise.allSettled(Array.from({ length: limit }, worker));
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
  return results;
}
