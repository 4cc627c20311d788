import type { CriticalPath, DelayPath } from './path.js';

/** What was read of a log, or why it cannot be relied on. */
export type ReadPath = { readonly path: CriticalPath } | { readonly problem: string };

/** How often the flow asks for the delay: of the least-area netlist, and of the buffered one. */
const REPORTS = 2;

const NOTHING = "Don't call ABC as there is nothing to map.";
const COMMAND = 'ABC: + stime -p';
const HEADER = /^ABC: WireLoad = "none" +Gates = *(\d+) \(.*\) +Cap = .* Area = .* Delay = *(\d+\.\d\d) ps +\(.*\)$/;
// Columns of fixed width: long figures follow each other without a space, and so does a gate's number from 100 on.
const STEP = /^ABC: Path *(\d+) -- .* A = *[\d.]+ +Df = *(\d+\.\d) *-?\d+\.\d ps +S = *[\d.]+ ps /;
const ENDS = /^ABC: Start-point = pi\d+ \((.+)\)\. +End-point = po\d+ \((.+)\)\.$/;

/**
 * The critical path in the log of Yosys' last ABC pass, as `stime -p` prints it: a line with the delay, one line per gate
 * with the arrival time, a line with both ends. A log that differs in any way is refused, and so is
 * one whose last arrival time is not its delay.
 */
export function readDelays(log: string): ReadPath {
  const lines = lastPass(log);
  const starts = lines.flatMap((line, i) => (line === COMMAND ? [i] : []));
  if (lines.includes(NOTHING)) {
    return starts.length === 0 ? { path: { kind: 'wires' } } : { problem: 'ABC mapped nothing and gave a delay' };
  }
  if (starts.length !== REPORTS) return { problem: `ABC gave ${starts.length} delays instead of ${REPORTS}` };
  const [leastArea, buffered] = starts.map((start) => readReport(lines.slice(start + 1))) as [ReadDelay, ReadDelay];
  if ('problem' in leastArea) return leastArea;
  if ('problem' in buffered) return buffered;
  return { path: { kind: 'delay', leastArea, buffered } };
}

/** The critical path in the log of an ABC pass that asks for one delay, null where there was nothing to map. */
export function readDelay(log: string): { readonly path: DelayPath | null } | { readonly problem: string } {
  const lines = lastPass(log);
  const starts = lines.flatMap((line, i) => (line === COMMAND ? [i] : []));
  if (lines.includes(NOTHING)) {
    return starts.length === 0 ? { path: null } : { problem: 'ABC mapped nothing and gave a delay' };
  }
  const [start, ...more] = starts;
  if (start === undefined || more.length > 0) return { problem: `ABC gave ${starts.length} delays instead of one` };
  const path = readReport(lines.slice(start + 1));
  return 'problem' in path ? path : { path };
}

function lastPass(log: string): string[] {
  const lines = log.split('\n').map((line) => line.trimEnd());
  return lines.slice(lines.findLastIndex((line) => /^[\d.]+ Executing ABC pass/.test(line)) + 1);
}

type ReadDelay = DelayPath | { readonly problem: string };

/** A report, in the lines that follow its command. */
function readReport(lines: readonly string[]): ReadDelay {
  const header = HEADER.exec(lines[0] ?? '');
  if (!header) return { problem: `no delay without wire load in the line after stime: ${lines[0] || 'the log stops'}` };
  const [gates, ps] = [Number(header[1]), Number(header[2])];
  if (gates === 0 || ps === 0) return { problem: `a delay of ${ps} ps through ${gates} gates` };
  const end = lines.findIndex((line, i) => i > 0 && !STEP.test(line));
  const steps = lines.slice(1, end).map((line) => STEP.exec(line) as RegExpExecArray);
  if (steps.length < 2) return { problem: 'the critical path has no gates' };
  if (steps.some((step, i) => Number(step[1]) !== i)) return { problem: 'steps of the critical path are missing' };
  const arrival = Number(steps.at(-1)?.[2]);
  // Arrival times are printed with one decimal, the delay with two.
  if (Math.abs(arrival - ps) > 0.1)
    return { problem: `the critical path ends at ${arrival} ps, the delay is ${ps} ps` };
  const ends = ENDS.exec(lines[end] ?? '');
  if (!ends) return { problem: `the critical path has no ends: ${lines[end] ?? 'the log stops'}` };
  return { ps, from: sourceName(ends[1] as string), to: sinkName(ends[2] as string) };
}

const LEVELS = /^Longest topological path in (\S+) \(length=(\d+)\):$/;
const LEVEL = /^ *(\d+): (.+?)(?: \(via .*\))?$/;
const REGISTER = /^ *ff: (.+?)(?: \(via .*\))?$/;

/**
 * The critical path in the text of Yosys' `ltp -noff`: a line with the module and the length, one line per gate, numbered
 * from the start at 0, and a line with the register it ends before, if any; whatever else it prints (a loop, another
 * module) is a problem.
 */
export function readLevels(text: string, module: string): ReadPath {
  const lines = text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/^[\d.]+ Executing LTP pass/.test(line));
  const register = REGISTER.exec(lines.at(-1) ?? '')?.[1];
  if (register !== undefined) lines.pop();
  const header = LEVELS.exec(lines[0] ?? '');
  if (header?.[1] !== module) return { problem: `no critical path of ${module}: ${lines[0] ?? 'nothing was printed'}` };
  const levels = Number(header[2]);
  const steps = lines.slice(1).map((line) => LEVEL.exec(line));
  const wrong = steps.findIndex((step, i) => Number(step?.[1] ?? -1) !== i);
  if (wrong >= 0) return { problem: `not a step of the critical path: ${lines[wrong + 1]}` };
  if (steps.length !== levels + 1) return { problem: `${steps.length} steps of a path of ${levels} gates` };
  if (levels === 0) return { path: { kind: 'wires' } };
  const name = (step: RegExpExecArray | null | undefined): string => step?.[2] as string;
  return {
    path: { kind: 'levels', levels, from: sourceName(name(steps[0])), to: sinkName(register ?? name(steps.at(-1))) },
  };
}

/** A net as Yosys names it, as the Verilog does: `\a_q [6]` is `a_q[6]`. Undefined for nets Yosys made up. */
function netName(net: string): string | undefined {
  const name = /^\\(\S+)(?: (\[\d+\]))?$/.exec(net);
  return name ? `${name[1]}${name[2] ?? ''}` : undefined;
}

/** Where a path starts: at an input, or at a register, which Yosys calls by the output it drives, if it drives one. */
function sourceName(net: string): string {
  const name = netName(net) ?? 'a register';
  return /_o(\[\d+\])?$/.test(name) ? `the register of ${name}` : name;
}

/** Where a path ends: at an output, or before a register, whose next value is `$0\acc_q[23:0] [23]` for `acc_q[23]`. */
function sinkName(net: string): string {
  const next = /^\$0\\(\w+)\[\d+:\d+\](?: (\[\d+\]))?$/.exec(net);
  return netName(net) ?? (next ? `${next[1]}${next[2] ?? ''}` : 'a register');
}
