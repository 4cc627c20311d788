import { readVerdict } from '../tools/yosys/cec.js';

/** What is known of a property. */
export type PropertyOutcome =
  /** For all time; `frames`: how far from the first cycle the solver's invariant was built. `covered`: the cycle in which it applies. */
  | { readonly result: 'proved'; readonly by: string; readonly frames?: number; readonly covered: number }
  /** In the first cycles only. */
  | { readonly result: 'bounded'; readonly by: string; readonly cycles: number; readonly covered: number }
  /** In that cycle, counted from 0, with these values of the harness' inputs. */
  | { readonly result: 'violated'; readonly by: string; readonly cycle: number; readonly inputs: readonly string[] }
  /** It says nothing, ever. */
  | { readonly result: 'vacuous'; readonly by: string }
  | { readonly result: 'undecided'; readonly why: string };

export interface PropertyResult {
  readonly module: string;
  readonly property: string;
  readonly statement: string;
  readonly outcome: PropertyOutcome;
  readonly seconds: number;
}

/** A name by which a property can be allowed to be undecided. */
export const propertyName = ({ module, property }: Pick<PropertyResult, 'module' | 'property'>): string =>
  `${module}.${property}`;

/** Whether a property is proved for all time, or not decided for all time but allowed to be. */
export function holds(result: PropertyResult, allowed: ReadonlySet<string>): boolean {
  switch (result.outcome.result) {
    case 'proved':
      return true;
    case 'bounded':
    case 'undecided':
      return allowed.has(propertyName(result));
    case 'violated':
    case 'vacuous':
      return false;
  }
}

/** Whether an output can be 1. */
export type Reach =
  | { readonly reach: 'never'; readonly frames?: number }
  /** In that cycle, from 0. */
  | { readonly reach: 'ever'; readonly cycle: number }
  /** Not in so many cycles; 0: nothing is known. */
  | { readonly reach: 'unknown'; readonly cycles: number; readonly why: string };

const unknown = (why: string, cycles = 0): Reach => ({ reach: 'unknown', cycles, why });

const NOT_UNDERSTOOD = "ABC's output is not understood";

/** Reads what ABC's `pdr` says of one output. Anything that is no verdict is none. */
export function readPdr(log: string): Reach {
  const asserted = assertedIn(log);
  if (asserted !== undefined) return { reach: 'ever', cycle: asserted };
  if (/^ABC: Property proved\./m.test(log)) {
    const frames = /^ABC: Invariant F\[(\d+)\] : /m.exec(log)?.[1];
    return { reach: 'never', ...(frames === undefined ? {} : { frames: Number(frames) }) };
  }
  return /^ABC: Property UNDECIDED\./m.test(log) ? unknown('not decided in time') : unknown(NOT_UNDERSTOOD);
}

/** Reads what ABC's `bmc3` says of one output. */
export function readBmc(log: string): Reach {
  const asserted = assertedIn(log);
  if (asserted !== undefined) return { reach: 'ever', cycle: asserted };
  const frames = /^ABC: No output asserted in (\d+) frames\./m.exec(log)?.[1];
  return frames === undefined ? unknown(NOT_UNDERSTOOD) : unknown('not decided for all time', Number(frames));
}

/** Reads what ABC's `&cec` says of one output of a module without registers. */
export function readCec(log: string): Reach {
  switch (readVerdict(log)) {
    case 'equivalent':
      return { reach: 'never' };
    case 'different':
      return { reach: 'ever', cycle: 0 };
    case 'undecided':
      return unknown('not decided in time');
    case 'not understood':
      return unknown(NOT_UNDERSTOOD);
  }
}

function assertedIn(log: string): number | undefined {
  const frame = /^ABC: Output 0 of miter ".*" was asserted in frame (\d+)\./m.exec(log)?.[1];
  return frame === undefined ? undefined : Number(frame);
}

/** Inputs of every harness that no reader of a counterexample wants: the clock, and what registers begin with. */
const HIDDEN = /^(clk_i|power_up|open\[\d+\])$/;

/**
 * The values of inputs in the last cycle of a trace that Yosys' `sat` shows, in binary.
 *
 * @param cycle From 0; undefined of a model without cycles.
 */
export function readInputs(log: string, cycle: number | undefined): string[] {
  return [...log.matchAll(/^ +(?:(\d+) +)?\\?([A-Za-z_]\S*) +(?:-?\d+|--) +\S+ +([01x]+) *$/gm)]
    .filter(([, time, name]) => (cycle === undefined ? true : Number(time) === cycle + 1) && !HIDDEN.test(name ?? ''))
    .map(([, , name, value]) => `${name} ${value}`);
}
