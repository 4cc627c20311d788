import type { Flow } from '../flow-names.js';
import type { DelayPath } from '../path.js';
import type { Size } from '../report.js';
import type { Strategy } from './strategies.js';

/** A mapped netlist of a module: what it costs, and its critical path through logic alone; null where there is none. */
export interface Candidate {
  readonly flow: Flow;
  readonly strategy: Strategy;
  /** The delay it was made for, in ps. */
  readonly aim: number;
  readonly size: Size;
  readonly path: DelayPath | null;
}

const delay = ({ path }: Pick<Candidate, 'path'>): number => path?.ps ?? 0;
const area = ({ size }: Pick<Candidate, 'size'>): number => size.area ?? size.gateEquivalents;

/** The smallest netlist that meets the delay; the fastest where none meets it. */
export function chooseCandidate<C extends Candidate>(candidates: readonly C[], ps: number): C {
  const meeting = candidates.filter((candidate) => delay(candidate) <= ps);
  const better =
    meeting.length > 0
      ? (x: C, y: C) => area(x) - area(y) || delay(x) - delay(y)
      : (x: C, y: C) => delay(x) - delay(y) || area(x) - area(y);
  const [best] = [...(meeting.length > 0 ? meeting : candidates)].sort(better);
  if (best === undefined) throw new Error('there is no netlist to choose from');
  return best;
}

/** The netlists than which none is both as small and as fast, the fastest first. */
export function paretoFront<C extends Candidate>(candidates: readonly C[]): C[] {
  const sorted = [...candidates].sort((x, y) => delay(x) - delay(y) || area(x) - area(y));
  let least = Number.POSITIVE_INFINITY;
  return sorted.filter((candidate) => {
    if (area(candidate) >= least) return false;
    least = area(candidate);
    return true;
  });
}
