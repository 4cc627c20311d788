import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../gen/base/errors.js';
import { FlagReader } from '../../gen/base/flag-reader.js';
import { required } from '../../gen/base/options.js';
import { decimal, type TextColumn } from '../../gen/base/text-table.js';
import { GENERATOR } from '../../gen/base/version.js';
import { COSTS_FILE, ownDescriptions, readCosts } from '../perf/data.js';
import { energyMeter } from '../perf/energy-meter.js';
import { type Costs, ownConfiguration } from '../perf/own.js';
import { section } from './layout.js';
import { commandText, designSubject, METRICS } from './metrics.js';
import { JSON_OPTION, option, PROVE } from './program.js';
import { measurePlan, type Study } from './study.js';
import { jsonTarget } from './targets.js';

interface CostsFlags {
  readonly energies?: boolean;
  readonly only?: string;
  readonly out: string;
}

interface CostsRequest {
  readonly energies: boolean;
  /** Designs to measure, by name. */
  readonly names: readonly string[];
  /** What is known of the others, and stays; absent where all are measured. */
  readonly kept?: Costs;
}

type CostsHead = Omit<Costs, 'designs'>;

const headOf = ({ designs: _, ...head }: Costs): CostsHead => head;

/**
 * Measured costs beside those that stay.
 *
 * @throws UserError where the ones that stay were measured in another way.
 */
export function withKept(measured: Costs, kept: Costs | undefined, names: readonly string[]): Costs {
  if (kept === undefined) return measured;
  const [now, before] = [headOf(measured), headOf(kept)].map((head) => JSON.stringify(head));
  if (now !== before) {
    throw new UserError(
      `--only: the other designs were measured in another way: ${before}, and these ${now}; measure all`,
    );
  }
  const all = { ...kept.designs, ...measured.designs };
  return { ...measured, designs: Object.fromEntries(names.flatMap((name) => (all[name] ? [[name, all[name]]] : []))) };
}

const NAMES: readonly string[] = ownDescriptions().map(({ name }) => name);

/** `npm run model:costs`: the designs of models/accelerators/own and what they cost. */
export const COSTS_STUDY: Study<CostsFlags, CostsRequest, Costs> = {
  command: 'npm run model:costs --',
  description:
    'Generate and synthesise the designs of models/accelerators/own, whose areas decide about the sizes of the arrays that npm run model -- --own compares.',
  options: [
    option('--liberty <file>', 'required: cell library, Liberty, plain or .gz'),
    option('--energies', 'also measure the energy per MAC, on small arrays and real operands, as npm run power does'),
    option('--only <list>', 'some of the designs, by name; the others stay as --out has them (default: all)'),
    PROVE,
    option('--out <file>', 'where to write the costs').default(COSTS_FILE, 'those of the project'),
    JSON_OPTION,
  ],
  lists: { Designs: ownDescriptions().map(({ name, about: description }) => ({ name, description })) },
  fails: 'a simulation is wrong or a netlist not its RTL',

  writes: { out: 'file' },

  request({ liberty, energies = false, only, out }) {
    required('--liberty', liberty);
    const reader = new FlagReader();
    const names = reader.only(only, NAMES, 'design');
    reader.end();
    return { energies, names, ...(only !== undefined && existsSync(out) ? { kept: readCosts(out) } : {}) };
  },

  targets: ({ out }) => jsonTarget('--out', out),

  async measure({ energies, names, kept }, tools) {
    const { yosys, proofSeconds } = tools;
    const library = required('--liberty', tools.library);
    const meter = energies ? await energyMeter({ yosys, library }) : undefined;
    const { file, sha256 } = library.identity;
    const wanted = ownDescriptions().filter(({ name }) => names.includes(name));
    const subjects = wanted.map((own) => ({
      ...designSubject(own.name, ownConfiguration(own), join(tools.scratch, own.name)),
      own,
    }));
    return measurePlan(
      {
        subjects,
        metrics: {
          // Delays take longer than areas, change none, and are not asked for.
          area: METRICS.area({ library: { ...library, delays: false } }),
          energy: async ({ own }: (typeof subjects)[number], { scratch, progress }) =>
            meter?.measure(own, scratch, progress),
        },
        report: (rows): Costs => {
          const measured: Costs = {
            command: commandText(`npm run model:costs -- --liberty ${file}${energies ? ' --energies' : ''}`, {
              proofSeconds,
            }),
            generator: GENERATOR,
            tool: `${yosys.identity.name} ${yosys.identity.version}`,
            library: `${file} (sha256 ${sha256.slice(0, 16)}...)`,
            ...(meter ? { energies: meter.conditions } : {}),
            designs: Object.fromEntries(
              rows.map(({ subject: { name, manifest }, area: { report, proof }, energy }) => [
                name,
                {
                  configurationSha256: manifest.configurationSha256,
                  rows: manifest.configuration.rows,
                  cols: manifest.configuration.cols,
                  lanes: manifest.configuration.lanes,
                  gateEquivalents: report.whole.gateEquivalents,
                  ...(proof === undefined ? {} : { netlists: proof }),
                  ...(energy === undefined ? {} : { picojoulesPerMac: energy }),
                },
              ]),
            ),
          };
          return withKept(measured, kept, NAMES);
        },
      },
      tools,
    );
  },

  layout: ({ tool, library, designs }) => ({
    sections: section(
      Object.values(designs).some(({ picojoulesPerMac }) => picojoulesPerMac !== undefined)
        ? [...COLUMNS, ENERGY]
        : COLUMNS,
      Object.entries(designs),
    ),
    provenance: `${tool}, ${library}`,
  }),
};

type DesignRow = [name: string, cost: Costs['designs'][string]];

const COLUMNS: readonly TextColumn<DesignRow>[] = [
  { title: 'design', left: true, text: ([name]) => name },
  { title: 'PEs', text: ([, { rows, cols }]) => `${rows} x ${cols}` },
  { title: 'lanes', text: ([, { lanes }]) => String(lanes) },
  { title: 'GE', text: ([, { gateEquivalents }]) => decimal(gateEquivalents) },
  {
    title: 'GE per MAC',
    text: ([, { gateEquivalents, rows, cols, lanes }]) => decimal(gateEquivalents / (rows * cols * lanes), 1),
  },
];

const ENERGY: TextColumn<DesignRow> = {
  title: 'pJ per MAC',
  text: ([, { picojoulesPerMac = Number.NaN }]) => decimal(picojoulesPerMac, 3),
};
