import { GENERATOR } from '../../../gen/base/version.js';
import type { Configuration } from '../../../gen/config/parameters.js';
import { generate } from '../../../gen/design/generate.js';
import { addProofs, measureProved, type ProofCount } from '../../synth/equivalence/proved.js';
import { gateEquivalentText } from '../../synth/report.js';
import type { LibraryIdentity } from '../../tools/liberty/identity.js';
import type { Library } from '../../tools/liberty/library.js';
import { inScratch } from '../../tools/scratch.js';
import type { ToolIdentity } from '../../tools/yosys/identity.js';
import type { Yosys } from '../../tools/yosys/interface.js';
import { rememberingYosys } from '../../tools/yosys/remember.js';
import { configurationOf, type Kind, LARGEST_OF_OPTIONS, LONGEST, type Option, REFERENCE } from './designs.js';
import { eightBitRate, fitting, type Goal, goalsOf, type Measured, measuredOf, perProduct } from './figures.js';
import type { Published } from './published.js';
import { type ComparisonSelection, selectionCommand } from './request.js';

export interface ComparisonRequest extends ComparisonSelection {
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  /** ABC's limit for the proof of one netlist; without, nothing is proved. */
  readonly proofSeconds: number | undefined;
  readonly onProgress: (text: string) => void;
}

/** A kind of PE. Areas in gate equivalents. */
export interface KindRow {
  readonly kind: string;
  readonly description: string;
  readonly measured: Measured;
  /** PE over the reference's. */
  readonly peRatio: number;
  /** Core per PE over the reference's. */
  readonly coreRatio: number;
  /** Core per product and cycle, of operands of up to 4 bits: every PE does one. */
  readonly perProduct: number;
  /** The same of 8-bit products; null where it does none. */
  readonly perEightBitProduct: number | null;
  readonly published: Published | null;
}

/** PEs of a kind that fit into the reference's core. */
export interface IsoArea {
  readonly kind: string;
  readonly pes: number;
  readonly peAreaGe: number;
  /** Of the kind's own core of size x size PEs. */
  readonly coreAreaGe: number;
  /** Name of the cell library; null for generic gates. */
  readonly library: string | null;
}

/** What an option adds, in gate equivalents. */
export interface OptionRow {
  readonly option: string;
  readonly description: string;
  readonly without: Measured;
  readonly having: Measured;
  readonly pe: number;
  /** The whole core divided by its PEs. */
  readonly corePerPe: number;
  /** `corePerPe` over that of the default design. */
  readonly share: number;
}

/** What `npm run area -- --compare` finds. */
export interface ComparisonReport {
  readonly generator: string;
  /** The command that measures the same. */
  readonly command: string;
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  readonly gateEquivalent: string;
  /** Rows, and columns, of the cores. */
  readonly size: number;
  /** The same of the designs whose difference is the price of an option. */
  readonly optionsSize: number;
  /** Products the accumulators hold. */
  readonly longest: number;
  readonly reference: string;
  readonly kinds: readonly KindRow[];
  readonly isoArea: readonly IsoArea[];
  readonly goals: readonly Goal[];
  readonly options: readonly OptionRow[];
  /** Netlists shown to equal their RTL; absent where that was not asked for. */
  readonly proof?: ProofCount;
}

/**
 * Generates and synthesises every kind and option.
 *
 * @throws UserError when Yosys fails, a core is not what its manifest says, or a netlist is not its RTL.
 */
export async function measureComparison(request: ComparisonRequest): Promise<ComparisonReport> {
  const { kinds, options, size, library, yosys } = request;
  return inScratch('compare', async (scratch) => {
    const { measure, proof } = measurer(request, scratch);
    const pes = size * size;
    const found: Omit<KindRow, 'peRatio' | 'coreRatio'>[] = [];
    for (const kind of kinds) found.push(await measureKind(kind, size, measure));
    const reference = found.find(({ kind }) => kind === REFERENCE)?.measured as Measured;
    const optionsSize = Math.min(size, LARGEST_OF_OPTIONS);
    const rows: OptionRow[] = [];
    if (options.length > 0) {
      const whole = (await measure(configurationOf({}, optionsSize), 'default')).core / optionsSize ** 2;
      for (const option of options) rows.push(await measureOption(option, optionsSize, whole, measure));
    }
    return {
      generator: GENERATOR,
      command: selectionCommand(request, { ...request, library: library?.identity }),
      tool: yosys.identity,
      library: library?.identity ?? null,
      gateEquivalent: gateEquivalentText(library?.identity ?? null),
      size,
      optionsSize,
      longest: LONGEST,
      reference: REFERENCE,
      kinds: found.map((row) => ({
        ...row,
        peRatio: row.measured.pe / reference.pe,
        coreRatio: row.measured.core / reference.core,
      })),
      isoArea: found.map(({ kind, measured }) => ({
        kind,
        pes: fitting(reference.core, measured.core, pes),
        peAreaGe: measured.pe,
        coreAreaGe: measured.core,
        library: library?.identity.name ?? null,
      })),
      goals: goalsOf(new Map(found.map(({ kind, measured }) => [kind, measured])), size),
      options: rows,
      ...(request.proofSeconds === undefined ? {} : { proof: proof() }),
    };
  });
}

type Measure = (configuration: Configuration, what: string) => Promise<Measured>;

/** Measures designs, each once, and counts the netlists that are proved. */
function measurer(
  { yosys, library: timed, proofSeconds, onProgress }: ComparisonRequest,
  scratch: string,
): { readonly measure: Measure; readonly proof: () => ProofCount } {
  const remembering = rememberingYosys(yosys);
  // Delays take longer than areas and change none.
  const library = timed && { ...timed, delays: false };
  const known = new Map<string, Measured>();
  let count: ProofCount = { proved: 0, simulated: 0 };
  const measure: Measure = async (configuration, what) => {
    const key = JSON.stringify(configuration);
    const found = known.get(key);
    if (found) return found;
    const { folder } = generate(configuration, scratch);
    const { report, manifest, proof } = await measureProved(
      {
        folder,
        yosys: remembering,
        library,
        onProgress: (done, all, module) => onProgress(`${what}: [${done}/${all}] ${module}`),
      },
      proofSeconds,
    );
    if (proof) count = addProofs(count, proof);
    const measured = measuredOf(report, manifest);
    known.set(key, measured);
    return measured;
  };
  return { measure, proof: () => count };
}

async function measureKind(
  { name, description, parameters, published }: Kind,
  size: number,
  measure: Measure,
): Promise<Omit<KindRow, 'peRatio' | 'coreRatio'>> {
  const configuration = configurationOf(parameters, size);
  const measured = await measure(configuration, name);
  const pes = size * size;
  return {
    kind: name,
    description,
    measured,
    perProduct: measured.core / pes,
    perEightBitProduct: perProduct(measured.core, pes, eightBitRate(configuration)) ?? null,
    published: published ?? null,
  };
}

/** @param whole Core per PE of the default design. */
async function measureOption(
  { name, description, without, having }: Option,
  size: number,
  whole: number,
  measure: Measure,
): Promise<OptionRow> {
  const before = await measure(configurationOf(without, size), `${name}, without`);
  const after = await measure(configurationOf(having, size), name);
  const corePerPe = (after.core - before.core) / (size * size);
  return {
    option: name,
    description,
    without: before,
    having: after,
    pe: after.pe - before.pe,
    corePerPe,
    share: corePerPe / whole,
  };
}
