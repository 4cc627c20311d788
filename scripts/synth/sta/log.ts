import { MARKS } from './script.js';
import { TOP_FILES } from './top.js';

/** A path between registers or ports, setup check included, as OpenSTA reports it. */
export interface StaPath {
  /** The net behind the register it starts at, or the port. */
  readonly from: string;
  /** The register or port it ends at, by its instance and pin. */
  readonly to: string;
  /** The clock's group, or `clock gating`. */
  readonly group: string;
  /** In ps. */
  readonly slackPs: number;
  /** Cells it passes, the register at its start included. */
  readonly cells: number;
}

/** What OpenSTA found; times in ps. */
export interface StaResult {
  /** Worst slack at the period asked for, and its path. */
  readonly slackPs: number;
  readonly path: StaPath;
  /** The least period without a negative slack, and the path that sets it. */
  readonly minimumPs: number;
  readonly minimumPath: StaPath;
}

export type ReadSta = { readonly result: StaResult } | { readonly problem: string };

/** Times are printed with four decimals of a nanosecond. */
const TOLERANCE_PS = 0.2;

/** Errors, and warnings of anything but the library, of which it takes what it knows. */
const COMPLAINT = new RegExp(`^(Error|Warning(?!( \\d+)?: ${TOP_FILES.library.replace('.', '\\.')}\\b))`);

/**
 * What the script's log tells: slack and least period behind their marks, the path of each. Nothing is taken from a log
 * with errors, with warnings such as unlinked cells, or whose path has another slack than asked for.
 */
export function readSta(log: string): ReadSta {
  const complaint = log.split('\n').find((line) => COMPLAINT.test(line));
  if (complaint !== undefined) return { problem: complaint };
  const slack = figure(log, MARKS.slack);
  const minimum = figure(log, MARKS.minimum);
  if (slack === undefined || minimum === undefined) return { problem: 'a slack or the least period is missing' };
  const sections = log.split(`${MARKS.path}\n`).slice(1);
  const [path, minimumPath, ...others] = sections.map((text) => worstPath(text.split(`${MARKS.end}\n`)[0] ?? ''));
  if (path === undefined || minimumPath === undefined || others.length > 0) {
    return { problem: `${sections.length} reports of paths instead of 2` };
  }
  if ('problem' in path) return path;
  if ('problem' in minimumPath) return minimumPath;
  if (Math.abs(path.slackPs - slack) > TOLERANCE_PS) {
    return { problem: `the worst path has ${path.slackPs} ps of slack, the design ${slack.toFixed(1)} ps` };
  }
  if (Math.abs(minimumPath.slackPs) > TOLERANCE_PS) {
    return { problem: `at the least period the worst path has ${minimumPath.slackPs} ps of slack` };
  }
  return { result: { slackPs: slack, path, minimumPs: minimum, minimumPath } };
}

/** A figure behind a mark, in ps. */
function figure(log: string, mark: string): number | undefined {
  const found = log.split('\n').filter((line) => line.startsWith(`${mark} `));
  const value = Number(found[0]?.slice(mark.length + 1));
  return found.length === 1 && Number.isFinite(value) && Math.abs(value) < 1e6 ? value * 1000 : undefined;
}

type ReadPath = StaPath | { readonly problem: string };

/** The path with the least slack in a report, which gives one per group. */
function worstPath(text: string): ReadPath {
  const paths = text.split(/^(?=Startpoint: )/m).filter((part) => part.startsWith('Startpoint: '));
  const read = paths.map(onePath);
  const problem = read.find((path) => 'problem' in path);
  if (problem !== undefined) return problem;
  const [worst] = (read as StaPath[]).sort((x, y) => x.slackPs - y.slackPs);
  return worst ?? { problem: 'there is no path' };
}

function onePath(text: string): ReadPath {
  const group = /^Path Group: (.+)$/m.exec(text)?.[1];
  const slack = /^ +(-?\d+\.\d+) +slack \((?:MET|VIOLATED)\)$/m.exec(text)?.[1];
  const start = /^Startpoint: (\S+)/m.exec(text)?.[1];
  const net = /^ +\d+ +(\S+) \(net\)$/m.exec(text)?.[1];
  const to = endOf(text);
  if (!/^Path Type: max$/m.test(text)) return { problem: 'a path is not of a setup check' };
  if (group === undefined || slack === undefined || start === undefined || to === undefined) {
    return { problem: `a path does not read as expected: ${text.split('\n')[0]}` };
  }
  return {
    from: net ?? start,
    to,
    group: group === '**clock_gating_default**' ? 'clock gating' : group,
    slackPs: Number(slack) * 1000,
    cells: [...text.matchAll(/^ +\d+ +\S+ \(net\)$/gm)].length,
  };
}

/** The last pin before the data's arrival. */
function endOf(text: string): string | undefined {
  const [before] = text.split(/^.*data arrival time$/m);
  return [...(before ?? '').matchAll(/^ +-?\d+\.\d+ +-?\d+\.\d+ [v^] (\S+) \(\S+\)$/gm)].at(-1)?.[1];
}
