import { closest } from 'fastest-levenshtein';
import { ConfigurationError, type Problem } from '../../gen/base/errors.js';
import { fileObstacle } from '../../gen/base/target.js';
import { DEVICE_NAMES, type Device } from './fpga/devices.js';
import { FAMILIES, FAMILY_NAMES, familyDescription } from './fpga/families.js';
import type { FpgaRequest } from './fpga/measure.js';
import { PLACEABLE, type Placeable } from './fpga/placement.js';
import type { CurveRequest } from './timed/curve.js';
import type { PeriodRequest } from './timed/period.js';

/** Options of `npm run area` as the command line gives them. */
export interface AreaFlags {
  readonly design: readonly string[];
  readonly liberty?: string;
  readonly netlists?: boolean;
  readonly prove?: boolean;
  readonly proveLimit?: string;
  readonly json?: boolean;
  readonly period?: string;
  readonly margin?: string;
  readonly sta?: boolean;
  readonly curve?: boolean;
  readonly module?: string;
  readonly plot?: string;
  readonly fpga?: string;
  readonly dsp?: boolean;
  readonly place?: string;
  readonly device?: string;
  readonly seeds?: string;
  readonly bitstream?: boolean;
}

/** Whether netlists are to be proved. */
export interface Proof {
  /** Seconds for the proof of each netlist, where they are to be proved. */
  readonly proveLimit: number | undefined;
}

type Kept = Proof & {
  readonly folder: string;
  /** Whether netlists are kept. */
  readonly netlists: boolean;
};

/** What is to be measured. */
export type AreaCommand =
  | (Kept & { readonly kind: 'cells'; readonly liberty: string | undefined })
  | (Kept &
      Pick<PeriodRequest, 'periodPs' | 'marginPs'> & {
        readonly kind: 'period';
        readonly liberty: string;
        /** Whether OpenSTA checks the whole. */
        readonly sta: boolean;
      })
  | (Proof &
      Pick<CurveRequest, 'folders' | 'module'> & {
        readonly kind: 'curve';
        readonly liberty: string;
        /** A file for the plot. */
        readonly plot: string | undefined;
      })
  | (Proof & Pick<FpgaRequest, 'folder' | 'families' | 'dsp' | 'place'> & { readonly kind: 'fpga' });

type Kind = AreaCommand['kind'];

/** Seeds of a placement unless said otherwise, and at most. */
export const DEFAULT_SEEDS = 5;
const MOST_SEEDS = 100;

/** Seconds for the proof of a netlist, several times what any of docs/area.md takes. */
export const DEFAULT_PROVE_LIMIT = 120;

/** Options that only some measurements have, by these. */
const OPTIONS = {
  liberty: ['cells', 'period', 'curve'],
  netlists: ['cells', 'period'],
  ...{ period: ['period'], margin: ['period'], sta: ['period'] },
  ...{ curve: ['curve'], module: ['curve'], plot: ['curve'] },
  ...{ fpga: ['fpga'], dsp: ['fpga'], place: ['fpga'], device: ['fpga'], seeds: ['fpga'], bitstream: ['fpga'] },
} as const satisfies Partial<Record<keyof AreaFlags, readonly Kind[]>>;

/**
 * The measurement that flags ask for.
 *
 * @throws ConfigurationError naming every problem at once.
 */
export function areaCommand(flags: AreaFlags): AreaCommand {
  const problems: Problem[] = [];
  const kind = kindOf(flags);
  strayOptions(flags, kind, problems);
  const command = commandOf(kind, flags, problems);
  if (problems.length > 0) throw new ConfigurationError(problems);
  return command;
}

function kindOf({ fpga, curve, period }: AreaFlags): Kind {
  if (fpga !== undefined) return 'fpga';
  if (curve) return 'curve';
  return period === undefined ? 'cells' : 'period';
}

function strayOptions(flags: AreaFlags, kind: Kind, problems: Problem[]): void {
  for (const [name, kinds] of Object.entries(OPTIONS) as [keyof typeof OPTIONS, readonly Kind[]][]) {
    const given = flags[name];
    if (given === undefined || kinds.includes(kind)) continue;
    const [owner] = kinds;
    const lacksOwner = kinds.length === 1 && owner !== name && !flags[owner as keyof AreaFlags];
    const rule = lacksOwner ? `applies to --${owner} only` : `cannot be combined with --${kind}`;
    problems.push({ key: `--${name}`, ...(given === true ? {} : { given: String(given) }), rule });
  }
  if (kind !== 'curve' && flags.design.length > 1) {
    problems.push({ key: '--design', given: flags.design.join(', '), rule: 'only --curve takes several designs' });
  }
}

function commandOf(kind: Kind, flags: AreaFlags, problems: Problem[]): AreaCommand {
  const [folder = ''] = flags.design;
  const netlists = flags.netlists === true;
  const proof = { proveLimit: proveLimitOf(flags, problems) };
  switch (kind) {
    case 'cells':
      return { kind, folder, liberty: flags.liberty, netlists, ...proof };
    case 'period': {
      const liberty = libertyOf(flags, '--period', problems);
      return { kind, folder, liberty, netlists, sta: flags.sta === true, ...periodOf(flags, problems), ...proof };
    }
    case 'curve': {
      const liberty = libertyOf(flags, '--curve', problems);
      // Found before the curves are measured.
      const obstacle = flags.plot === undefined ? undefined : fileObstacle(flags.plot);
      if (obstacle !== undefined) problems.push({ key: '--plot', given: String(flags.plot), rule: obstacle });
      return { kind, folders: flags.design, liberty, module: flags.module, plot: flags.plot, ...proof };
    }
    case 'fpga':
      return { ...fpgaCommand(flags, folder, problems), ...proof };
  }
}

function proveLimitOf({ prove, proveLimit }: AreaFlags, problems: Problem[]): number | undefined {
  if (proveLimit === undefined) return prove ? DEFAULT_PROVE_LIMIT : undefined;
  const seconds = Number(proveLimit);
  if (!Number.isInteger(seconds) || seconds < 1) {
    problems.push({
      key: '--prove-limit',
      given: `"${proveLimit}"`,
      rule: 'must be a whole number of seconds, 1 or more',
    });
  }
  if (!prove) problems.push({ key: '--prove-limit', given: proveLimit, rule: 'applies to --prove only' });
  return seconds;
}

function libertyOf({ liberty }: AreaFlags, what: string, problems: Problem[]): string {
  if (liberty === undefined)
    problems.push({ key: '--liberty', rule: `is missing: ${what} needs a library with delays` });
  return liberty ?? '';
}

function periodOf(
  { period = '', margin = '0' }: AreaFlags,
  problems: Problem[],
): Pick<PeriodRequest, 'periodPs' | 'marginPs'> {
  const picoseconds = (key: string, text: string, least: number): number => {
    const ps = Math.round(Number(text) * 1000);
    if (text.trim() !== '' && ps >= least && ps <= LONGEST_PERIOD) return ps;
    const rule = `must be nanoseconds, from ${least / 1000} to ${LONGEST_PERIOD / 1000}`;
    problems.push({ key, given: `"${text}"`, rule });
    return least;
  };
  const periodPs = picoseconds('--period', period, 1);
  const marginPs = picoseconds('--margin', margin, 0);
  if (problems.length === 0 && marginPs >= periodPs) {
    problems.push({ key: '--margin', given: margin, rule: `must be less than the period, ${period}` });
  }
  return { periodPs, marginPs };
}

/** In ps. */
const LONGEST_PERIOD = 1_000_000;

function fpgaCommand(
  flags: AreaFlags,
  folder: string,
  problems: Problem[],
): Omit<Extract<AreaCommand, { kind: 'fpga' }>, keyof Proof> {
  const { fpga = '', dsp = false, place, device, seeds, bitstream = false } = flags;
  const families = listOf('--fpga', fpga, FAMILY_NAMES, problems);
  for (const family of families.filter((each) => dsp && familyDescription(each).dsp === 'never')) {
    const rule = `Yosys infers no DSP blocks for ${FAMILIES[family].title}`;
    problems.push({ key: '--dsp', given: family, rule });
  }
  const command = { kind: 'fpga', folder, families, dsp } as const;
  if (place === undefined) {
    for (const key of ['device', 'seeds', 'bitstream'] as const) {
      if (flags[key] !== undefined) {
        problems.push({ key: `--${key}`, given: String(flags[key]), rule: 'applies to --place only' });
      }
    }
    return { ...command, place: undefined };
  }
  if (!families.includes('ice40')) {
    problems.push({ key: '--place', given: place, rule: 'applies to ice40 only: name it with --fpga' });
  }
  const what = listOf<Placeable>('--place', place, PLACEABLE, problems);
  if (bitstream && what.length > 1) {
    problems.push({ key: '--bitstream', given: place, rule: 'is of one module: name one with --place' });
  }
  return {
    ...command,
    place: {
      ...{ what, bitstream },
      device: listOf<Device>('--device', device ?? 'hx8k', DEVICE_NAMES, problems)[0] ?? 'hx8k',
      seeds: seedsOf(seeds, problems),
    },
  };
}

/** Names of a list, each once. */
function listOf<Name extends string>(key: string, text: string, known: readonly Name[], problems: Problem[]): Name[] {
  const isKnown = (name: string): name is Name => (known as readonly string[]).includes(name);
  const names = [...new Set(text.split(',').map((name) => name.trim()))];
  for (const name of names.filter((each) => !isKnown(each))) {
    const rule = `must be ${known.length === 1 ? known[0] : `of ${known.join(', ')}`}`;
    problems.push({ key, given: `"${name}"`, rule, nearest: closest(name, known) });
  }
  return names.filter(isKnown);
}

function seedsOf(text: string | undefined, problems: Problem[]): number {
  if (text === undefined) return DEFAULT_SEEDS;
  const value = Number(text);
  if (/^\d+$/.test(text.trim()) && value >= 1 && value <= MOST_SEEDS) return value;
  problems.push({ key: '--seeds', given: `"${text}"`, rule: `must be an integer from 1 to ${MOST_SEEDS}` });
  return DEFAULT_SEEDS;
}
