import { existsSync } from 'node:fs';
import { closest } from 'fastest-levenshtein';
import { allOf, mistakesError, UserError } from '../../gen/base/errors.js';
import { integer } from '../network/quantise/numbers.js';
import type { Accelerator } from './accelerator.js';
import { BASELINE } from './comparison.js';
import {
  CORRECTED,
  CORRECTION_NAMES,
  CORRECTIONS,
  type CorrectionName,
  type Corrections,
  PUBLISHED,
} from './corrections.js';
import {
  bitLists,
  COSTS_FILE,
  comparedAccelerators,
  describedEngine,
  isFileName,
  ownDescriptions,
  publishedFigures,
  readAccelerator,
  readCosts,
  readEnergies,
} from './data.js';
import type { DescribedNetwork } from './description.js';
import { PUBLISHED_BATCH } from './evaluate.js';
import { type BitLists, widthProblem } from './layers.js';
import { NETWORKS } from './networks/index.js';
import { nameOf, openNetwork } from './open-network.js';
import { lanesOf, type OwnSizing, ownAccelerators } from './own.js';
import type { ModelRequest } from './report.js';

/** Flags of `npm run model`, as commander delivers them. */
export interface ModelFlags {
  readonly corrected?: boolean;
  readonly only?: string;
  readonly without?: string;
  readonly own?: boolean;
  readonly lanes?: string;
  readonly costs?: string;
  readonly energies?: string;
  readonly networks?: string;
  readonly accelerators?: string;
  readonly baseline?: string;
  readonly samples: string;
  readonly effects?: boolean;
  readonly markdown?: boolean;
  readonly shape?: readonly string[];
  readonly fix?: readonly string[];
}

const list = (text: string): string[] =>
  text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');

/** What is to be evaluated. */
export interface ResolvedRequest extends ModelRequest {
  /** Where sizes and energies of the own designs come from. */
  readonly sizings: readonly OwnSizing[];
  /** Accelerators that nobody named and that a network is too wide for, with the reason. */
  readonly unable: readonly string[];
}

/** @throws UserError naming every flag that is wrong, or the first input that is. */
export async function requestOf(flags: ModelFlags): Promise<ResolvedRequest> {
  const [corrections, samples, names, known] = allOf([
    () => correctionsOf(flags),
    () => integer('--samples', flags.samples, 1, 2 ** 20),
    () => namesOf(flags),
    () => {
      const sizings = flags.own ? ownSizings(flags) : [];
      return { sizings, accelerators: acceleratorsOf(flags, sizings) };
    },
    () => requireTogether(flags),
  ]);
  const lists = bitLists();
  requireLists(known.accelerators, lists);
  const [shapes, fixed] = allOf([
    () => ofNetworks('--shape', names, flags.shape ?? []),
    () => ofNetworks('--fix', names, flags.fix ?? []),
  ]);
  const networks = await Promise.all(
    names.map((name) => openNetwork(name, { shapes: shapes.get(name), fixed: fixed.get(name) })),
  );
  requireDistinct(
    '--networks',
    networks.map(({ network }) => network.name),
  );
  const unable =
    flags.accelerators === undefined ? tooNarrow(known.accelerators, networks, { lists, corrections }) : new Map();
  const accelerators = known.accelerators.filter(({ name }) => !unable.has(name));
  const sizings = known.sizings.filter(({ accelerator }) => !unable.has(accelerator.name));
  const baseline = baselineOf(flags, accelerators);
  const isFigure = !flags.own && flags.accelerators === undefined && flags.networks === undefined;
  const asPublished =
    isFigure &&
    CORRECTION_NAMES.every((name) => !corrections[name]) &&
    samples === PUBLISHED_BATCH &&
    baseline === BASELINE;
  return {
    networks,
    accelerators,
    corrections,
    samples,
    baseline,
    lists,
    sizings,
    unable: [...unable.values()],
    asPublished,
    ...(isFigure ? { figure: publishedFigures() } : {}),
  };
}

/** @throws UserError naming every option that another one does not go with. */
function requireTogether(flags: ModelFlags): void {
  const { effects, markdown, own, costs, energies, lanes, accelerators } = flags;
  const messages = [
    ...(effects && (flags.corrected || flags.only !== undefined || flags.without !== undefined)
      ? ['--effects cannot be combined with --corrected, --only or --without']
      : []),
    ...(markdown && !effects ? ['--markdown applies to --effects only'] : []),
    ...(!own && [costs, energies, lanes].some((flag) => flag !== undefined)
      ? ['--costs, --energies and --lanes apply to --own only']
      : []),
    ...(lanes !== undefined && accelerators !== undefined
      ? ['--lanes cannot be combined with --accelerators, whose names say the lanes: ANT-OS-N4']
      : []),
  ];
  if (messages.length > 0) throw mistakesError(messages);
}

/**
 * What an option gives for the inputs of each network; of one of several as `network:input=...`.
 *
 * @throws UserError where a network does not take them, or is not named.
 */
export function ofNetworks(
  option: string,
  networks: readonly string[],
  texts: readonly string[],
): ReadonlyMap<string, readonly string[]> {
  const files = networks.filter((name) => name.endsWith('.onnx'));
  const [only] = files;
  const given = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const text of texts) {
    const named = files.find((file) => text.startsWith(`${nameOf(file)}:`));
    const file = named ?? (files.length === 1 ? only : undefined);
    if (file === undefined) {
      throw new UserError(
        only === undefined
          ? `${option} ${text}: no network is an .onnx file`
          : `${option} ${text}: say of which network, as in ${nameOf(only)}:${text}; they are ${files.map(nameOf).join(', ')}`,
      );
    }
    (given.get(file) as string[]).push(named ? text.slice(nameOf(named).length + 1) : text);
  }
  return given;
}

function namesOf({ networks }: ModelFlags): string[] {
  const names = networks === undefined ? [...NETWORKS.keys()] : list(networks);
  if (names.length === 0) throw new UserError('--networks: name at least one');
  return names;
}

function correctionsOf({ corrected, only, without }: ModelFlags): Corrections {
  if (only !== undefined && (corrected || without !== undefined)) {
    throw new UserError('--only cannot be combined with --corrected or --without');
  }
  const start = corrected || without !== undefined ? CORRECTED : PUBLISHED;
  const changed = list(only ?? without ?? '').map((name) => {
    if (name in CORRECTIONS) return name as CorrectionName;
    throw new UserError(
      `there is no correction ${name}; did you mean ${closest(name, CORRECTION_NAMES)}? All: ${CORRECTION_NAMES.join(', ')}`,
    );
  });
  return { ...start, ...Object.fromEntries(changed.map((name) => [name, only !== undefined])) };
}

/** The own designs that are named, or all whose PEs have the lanes asked for. */
function ownSizings({ costs = COSTS_FILE, energies, lanes = '1', accelerators }: ModelFlags): OwnSizing[] {
  const published = comparedAccelerators()[0] as Accelerator;
  const all = ownDescriptions();
  const numbers = [...new Set(all.map(lanesOf).map(String))];
  if (!numbers.includes(lanes)) throw new UserError(`--lanes: given ${lanes}, must be one of ${numbers.join(', ')}`);
  const named = accelerators === undefined ? undefined : list(accelerators);
  return ownAccelerators(
    all.filter((own) => (named === undefined ? String(lanesOf(own)) === lanes : named.includes(own.name))),
    readCosts(costs),
    {
      published: { name: 'the published core (ANT artifact, 28 nm)', ...published.core },
      energies: energies === undefined ? {} : readEnergies(energies),
    },
    'ANT-OS',
  );
}

function acceleratorsOf({ own, accelerators }: ModelFlags, sizings: readonly OwnSizing[]): Accelerator[] {
  const known = own ? sizings.map(({ accelerator }) => accelerator) : comparedAccelerators();
  if (accelerators === undefined) return known;
  const byName = new Map([...known, describedEngine()].map((one) => [one.name, one]));
  const chosen = list(accelerators).map((what) => {
    const found = byName.get(what);
    if (found) return found;
    if (existsSync(what)) return readAccelerator(what);
    const names = own ? ownDescriptions().map(({ name }) => name) : [...byName.keys()];
    if (!own && ownDescriptions().some(({ name }) => name === what)) {
      throw new UserError(`${what} is one of --own, this project's own designs`);
    }
    if (isFileName(what)) throw new UserError(`--accelerators: there is no such file: ${what}`);
    throw new UserError(
      `there is no accelerator ${what}: neither a file nor one of ${names.join(', ')}; did you mean ${closest(what, names)}?`,
    );
  });
  if (chosen.length === 0) throw new UserError('--accelerators: name at least one');
  requireDistinct(
    '--accelerators',
    chosen.map(({ name }) => name),
  );
  return chosen;
}

/**
 * Accelerators whose units are narrower than a layer of a network, and why, by name.
 *
 * @throws UserError where that leaves none.
 */
function tooNarrow(
  accelerators: readonly Accelerator[],
  networks: readonly DescribedNetwork[],
  { lists, corrections }: Pick<ModelRequest, 'lists' | 'corrections'>,
): ReadonlyMap<string, string> {
  const problems = accelerators.flatMap((accelerator) => {
    const reasons = networks.flatMap(
      ({ network, bits }) => widthProblem(network, accelerator, { lists, own: bits }, corrections) ?? [],
    );
    return reasons.length === 0 ? [] : [[accelerator.name, reasons.join('; ')] as const];
  });
  if (problems.length === accelerators.length) throw mistakesError(problems.map(([, reason]) => reason));
  return new Map(problems);
}

/** @throws UserError naming every list of bit widths that no network has. */
function requireLists(accelerators: readonly Accelerator[], lists: BitLists): void {
  const known = [...new Set(Object.values(lists).flatMap((ofNetwork) => Object.keys(ofNetwork)))];
  const wrong = accelerators.filter(({ precision }) => precision.list !== undefined && !known.includes(precision.list));
  if (wrong.length === 0) return;
  const text = wrong.map(({ name, precision }) => `${name}: there is no precision.list ${precision.list}`).join('\n');
  throw new UserError(`${text}\nlists of bit widths: ${known.join(', ')}`);
}

/** The published baseline where it is among the accelerators, else the last of them. */
function baselineOf({ baseline }: ModelFlags, accelerators: readonly Accelerator[]): string {
  const names = accelerators.map(({ name }) => name);
  if (baseline === undefined) return names.includes(BASELINE) ? BASELINE : (names.at(-1) as string);
  if (names.includes(baseline)) return baseline;
  throw new UserError(`--baseline ${baseline}: not one of the accelerators ${names.join(', ')}`);
}

function requireDistinct(flag: string, names: readonly string[]): void {
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new UserError(`${flag}: two are called ${twice}`);
}
