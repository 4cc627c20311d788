/** What ABC found. */
export type CecVerdict = 'equivalent' | 'different' | 'undecided' | 'not understood';

/** Whether a log of `&cec -m` holds a verdict that more time would not change. */
export function hasVerdict(log: string): boolean {
  const verdict = readVerdict(log);
  return verdict === 'equivalent' || verdict === 'different';
}

/** Whether a log of Yosys' `sat` says that the search ended, whatever it found. */
export const searchEnded = (log: string): boolean =>
  /^SAT (proof|solving) finished - (no )?model found[:.]/m.test(log) && !/^Interrupted SAT solver: TIMEOUT!/m.test(log);

/**
 * Reads the verdict of `&cec -m` in a log of Yosys. The last one counts; an unknown one is not a proof. Out of time on a miter with
 * a single output, ABC gives no verdict but says so.
 */
export function readVerdict(log: string): CecVerdict {
  const words = [...log.matchAll(/^ABC: Networks are (.+?)\.? +Time =/gm)].map(([, word]) => word as string);
  if (words.some((word) => word.startsWith('NOT EQUIVALENT'))) return 'different';
  const last = words.at(-1);
  if (last === 'equivalent') return 'equivalent';
  const outOfTime = last === undefined && /^ABC: Timed out after \d+ seconds/m.test(log);
  return outOfTime || last?.startsWith('UNDECIDED') ? 'undecided' : 'not understood';
}
