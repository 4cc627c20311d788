import { z } from 'zod';
import { UserError } from '../../gen/base/errors.js';
import { withoutMeaningless } from '../../gen/config/conflicts.js';
import { configurationHash } from '../../gen/config/identity.js';
import { type Configuration, MOST_PE_LANES } from '../../gen/config/parameters.js';
import { validateConfiguration } from '../../gen/config/validate.js';
import { numericType } from '../../gen/numerics/types/table.js';
import { elaborateCore } from '../../gen/rtl/core.js';
import { type Accelerator, ARRAY_PARAMETERS, MEMORY, PRECISION } from './accelerator.js';

/** An accelerator around an array that this project generates, as a file describes it. */
export const OWN_ACCELERATOR = z.strictObject({
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_+-]*$/),
  about: z.string(),
  /** Parameters of the generator (`npm run gen -- --schema`). */
  design: z.looseObject({ rows: z.int().min(1), cols: z.int().min(1) }),
  /** Products that a PE adds up in a cycle, besides one: an accelerator each. */
  lanes: z.array(z.int().min(2).max(MOST_PE_LANES)).default([]),
  /** The accelerator whose core area sets the number of columns; without it the design has its own. */
  sameAreaAs: z.string().optional(),
  precision: PRECISION,
  memory: MEMORY,
});

type OwnDescription = z.output<typeof OWN_ACCELERATOR>;
/** An accelerator around an array that this project generates. */
export type OwnAccelerator = Omit<OwnDescription, 'lanes'>;

/** The name of an accelerator whose PEs have so many lanes. */
export const nameWithLanes = (name: string, lanes: number): string => (lanes === 1 ? name : `${name}-N${lanes}`);

/**
 * The accelerators of a description: with PEs of one lane and of each other number. N lanes are N steps of the reduction, so
 * the array has an N-th of the rows: as many multipliers, and tiles that are as long as it is high from as many steps on.
 * Where sums pass down, it holds as many steps of weights.
 */
export const accelerators = ({ lanes, ...own }: OwnDescription): OwnAccelerator[] => [
  own,
  ...lanes.map((number) => ({
    ...own,
    name: nameWithLanes(own.name, number),
    about: `${own.about}; ${number} lanes`,
    design: { ...own.design, rows: own.design.rows / number, lanes: number },
    sameAreaAs: own.sameAreaAs ?? own.name,
  })),
];

/** Products that a PE of an accelerator adds up in a cycle. */
export const lanesOf = (own: OwnAccelerator): number => ownConfiguration(own).lanes;

const energyPerMac = z.strictObject({
  /** pJ of a multiply-accumulate of the narrowest codes, with all that the array does for it. */
  picojoules: z.number().positive(),
  source: z.string(),
});

/** What `npm run model:costs` measures. */
export const COSTS = z.strictObject({
  /** The command that measures the same. */
  command: z.string(),
  generator: z.string(),
  tool: z.string(),
  library: z.string(),
  /** What the energies were measured on and by; absent where none were. */
  energies: z.string().optional(),
  designs: z.record(
    z.string(),
    z.strictObject({
      configurationSha256: z.string(),
      rows: z.int().min(1),
      cols: z.int().min(1),
      /** Products that a PE adds up in a cycle. */
      lanes: z.int().min(1),
      /** Of the whole array, in gate equivalents. */
      gateEquivalents: z.number().positive(),
      /** How many of the netlists that the area comes from are proved equal to their RTL, and simulated; absent where that was not asked for. */
      netlists: z.strictObject({ proved: z.int().min(0), simulated: z.int().min(0) }).optional(),
      /** pJ of a multiply-accumulate of the narrowest codes on a small array of the same kind, in the library's technology. */
      picojoulesPerMac: z.number().positive().optional(),
    }),
  ),
});

export type Costs = z.output<typeof COSTS>;

/** Energies of multiply-accumulates by accelerator, at 28 nm: what a user knows better. */
export const ENERGIES = z.record(z.string(), energyPerMac);
export type Energies = z.output<typeof ENERGIES>;

/** The design that an accelerator's costs are measured of. */
export function ownConfiguration({ name, design }: OwnAccelerator): Configuration {
  const raw = {
    arch: 'array',
    dataflow: 'os',
    pe: 'int',
    name: name.toLowerCase().replace(/[^a-z0-9_]/g, '_'),
    ...design,
  };
  return validateConfiguration(withoutMeaningless(raw as Parameters<typeof withoutMeaningless>[0]));
}

/**
 * A core of published power, 28 nm at 500 MHz: nW of a unit that works as 2 x 2 4-bit PEs. It stands for the reference;
 * the others take as many times as much as was measured of both, or by area where energies were not measured.
 */
export interface PublishedCore {
  readonly name: string;
  readonly leakage: number;
  readonly dynamic: number;
}

/** Size and power of an accelerator, and where they come from. */
export interface OwnSizing {
  readonly accelerator: Accelerator;
  readonly gatesPerMac: number;
  readonly columnsFrom: string;
  readonly energyFrom: string;
}

/** PEs along each side of a unit: 8-bit integers take pairs of them. */
export const unitSide = ({ wideActivations }: Configuration): number => (wideActivations.length > 0 ? 2 : 1);

/** The array of a design, as the model has arrays. @param cols PEs; those of the design without. */
export function arrayAround(config: Configuration, cols: number = config.cols): Accelerator['array'] {
  const { facts, accumulator } = elaborateCore(config);
  const side = unitSide(config);
  const narrow = Math.max(...config.activations.map((type) => numericType(type).bits));
  return {
    rows: config.rows / side,
    cols: cols / side,
    maxBits: side === 2 ? 8 : narrow,
    minBits: narrow,
    ...ARRAY_PARAMETERS.parse(config),
    accumulatorBits: 32,
    ...(facts.sums.passRows ? {} : { maxK: accumulator.provenK }),
  };
}

/**
 * Accelerators of this project's own designs, sized and powered by what was measured of them.
 *
 * @param reference The accelerator whose area per MAC the published power belongs to.
 * @throws UserError when an accelerator's costs are missing, or were measured of another design.
 */
export function ownAccelerators(
  all: readonly OwnAccelerator[],
  costs: Costs,
  { published, energies }: { readonly published: PublishedCore; readonly energies: Energies },
  reference: string,
): OwnSizing[] {
  const measured = (name: string) => {
    const found = costs.designs[name];
    if (!found) throw new UserError(`there are no measured costs of ${name}: npm run model:costs measures them`);
    return found;
  };
  const perMac = (name: string): number => {
    const { gateEquivalents, rows, cols, lanes } = measured(name);
    return gateEquivalents / (rows * cols * lanes);
  };
  for (const name of Object.keys(energies).filter((each) => costs.designs[each] === undefined)) {
    throw new UserError(`--energies: there is no design ${name}; they are ${Object.keys(costs.designs).join(', ')}`);
  }
  /** nW of a PE that multiplies in every cycle, and what that is based on. */
  const dynamicPower = (name: string, share: number, frequencyHz: number): { dynamic: number; energyFrom: string } => {
    const given = energies[name];
    // pJ times Hz are pW.
    if (given) return { dynamic: given.picojoules * frequencyHz * 1e-3, energyFrom: given.source };
    const [own, other] = [measured(name).picojoulesPerMac, measured(reference).picojoulesPerMac];
    const base = energies[reference];
    const { dynamic, source } = base
      ? { dynamic: base.picojoules * frequencyHz * 1e-3, source: `${reference} (${base.source})` }
      : { dynamic: published.dynamic / 4, source: published.name };
    if (own === undefined || other === undefined) {
      const energyFrom = `estimate: ${source}, ${share.toFixed(2)} times as much by synthesised area per MAC`;
      return { dynamic: dynamic * share, energyFrom };
    }
    const times = own / other;
    const energyFrom = `${source}, ${times.toFixed(2)} times as much as measured: ${own.toFixed(2)} pJ per MAC, ${reference} ${other.toFixed(2)} (${costs.energies ?? 'conditions unknown'})`;
    return { dynamic: dynamic * times, energyFrom };
  };
  return all.map((own): OwnSizing => {
    const config = ownConfiguration(own);
    const { rows, cols } = config;
    if (measured(own.name).configurationSha256 !== configurationHash(config)) {
      throw new UserError(`the costs of ${own.name} were measured of another design: npm run model:costs`);
    }
    const side = unitSide(config);
    const gatesPerMac = perMac(own.name);
    const budget = own.sameAreaAs === undefined ? undefined : measured(own.sameAreaAs).gateEquivalents;
    const columns =
      budget === undefined ? cols : Math.floor(budget / (gatesPerMac * rows * config.lanes * side)) * side;
    const share = gatesPerMac / perMac(reference);
    const pes = side * side;
    const { dynamic, energyFrom } = dynamicPower(own.name, share, own.memory.frequencyHz);
    return {
      gatesPerMac,
      columnsFrom:
        own.sameAreaAs === undefined ? 'the design' : `the area of ${own.sameAreaAs}: ${costs.tool}, ${costs.library}`,
      energyFrom,
      accelerator: {
        name: own.name,
        about: own.about,
        source: `generated by this project; areas: ${costs.tool}, ${costs.library}`,
        array: arrayAround(config, columns),
        precision: own.precision,
        core: { leakage: (published.leakage / 4) * share * pes, dynamic: dynamic * pes },
        memory: own.memory,
      },
    };
  });
}
