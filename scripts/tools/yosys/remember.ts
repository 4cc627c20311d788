import type { RunTerms, Yosys, YosysOutcome } from './interface.js';
import { jobKey } from './job-key.js';

/** An outcome as it is remembered: without failures. */
export interface Remembered {
  readonly log: string;
  readonly files: YosysOutcome['files'];
  /** That the run took. */
  readonly tookSeconds: number;
}

/** Where outcomes are remembered, by `jobKey`. */
export interface OutcomeStore {
  /** Nothing where there is none that can be read. */
  get(key: string): Promise<Remembered | undefined>;
  set(key: string, outcome: Remembered): Promise<void>;
}

/**
 * A Yosys that runs a script only once on the same texts: designs that are compared share most of their modules, down to the
 * comments, which name the configuration and are not part of what counts. Only what would come out the same another time is
 * remembered: neither failures nor searches that ran out of time.
 */
export function rememberingYosys(yosys: Yosys, store: OutcomeStore): Yosys {
  const running = new Map<string, Promise<YosysOutcome>>();
  return {
    ...yosys,
    async execute(script, inputs, wanted, terms = {}) {
      const key = jobKey({ fingerprint: yosys.fingerprint, script, inputs, wanted });
      const found = async (): Promise<YosysOutcome> => {
        const remembered = await store.get(key);
        if (remembered !== undefined) return { exitCode: 0, ...remembered };
        const start = performance.now();
        const outcome = await yosys.execute(script, inputs, wanted, terms);
        const { log, files, tookSeconds = (performance.now() - start) / 1000 } = outcome;
        if (isLasting(outcome, wanted, terms)) await store.set(key, { log, files, tookSeconds });
        return outcome;
      };
      // What is run for less time may end otherwise.
      const place = `${key} ${terms.cpuSeconds}`;
      const run = running.get(place) ?? found().finally(() => running.delete(place));
      running.set(place, run);
      return run;
    },
  };
}

/** Whether a run would come out the same another time, on another machine. */
function isLasting(
  { exitCode, files, log }: YosysOutcome,
  wanted: readonly string[],
  { cpuSeconds, answered }: RunTerms,
): boolean {
  if (exitCode !== 0 || wanted.some((file) => files[file] === undefined)) return false;
  return answered === undefined ? cpuSeconds === undefined : answered(log);
}

/** Characters of a result that is kept in memory, at most: elaborated arrays would fill it and are seldom shared. */
const LONGEST_IN_MEMORY = 2 ** 20;

const lengthOf = ({ log, files }: Remembered): number =>
  Object.values(files).reduce((length, text) => length + text.length, log.length);

/** A store that lasts as long as the program. */
export function memoryStore(): OutcomeStore {
  const kept = new Map<string, Remembered>();
  return {
    get: async (key) => kept.get(key),
    set: async (key, outcome) => {
      if (lengthOf(outcome) <= LONGEST_IN_MEMORY) kept.set(key, outcome);
    },
  };
}
