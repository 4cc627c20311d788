import type { ProvedDesign } from '../../synth/equivalence/proved.js';
import { type DesignSubject, proofsOf, reportHead } from '../metrics.js';
import type { Tools } from '../study.js';
import { configurationOf, LARGEST_OF_OPTIONS, LONGEST, REFERENCE } from './designs.js';
import { eightBitRate, fitting, goalsOf, type Measured, measuredOf, perProduct } from './figures.js';
import { type ComparisonSelection, selectionCommand } from './request.js';

/** Name of the default design among the subjects: no kind and no option is called so. */
export const DEFAULT = 'default';

/** Name of the design that an option is taken from. */
export const withoutName = (option: string): string => `${option}, without`;

/** Rows, and columns, of the designs whose difference is the price of an option. */
export const optionsSizeOf = (size: number): number => Math.min(size, LARGEST_OF_OPTIONS);

/** A kind of PE. Areas in gate equivalents. */
export type KindRow = ComparisonReport['kinds'][number];

/** What an option adds, in gate equivalents. */
export type OptionRow = ComparisonReport['options'][number];

/** What `npm run area -- --compare` finds. */
export type ComparisonReport = ReturnType<typeof comparisonReport>;

/** @param rows Of the kinds, of the default design, and of each option with and without it. */
export function comparisonReport(
  rows: readonly { readonly subject: DesignSubject; readonly area: ProvedDesign }[],
  request: ComparisonSelection,
  tools: Tools,
) {
  const { kinds, options, size } = request;
  const measured = new Map(
    rows.map(({ subject: { name, manifest }, area: { report } }) => [name, measuredOf(report, manifest)]),
  );
  const of = (name: string): Measured => measured.get(name) as Measured;
  const pes = size * size;
  const reference = of(REFERENCE);
  const optionsSize = optionsSizeOf(size);
  const proof = proofsOf(rows);
  return {
    ...reportHead(selectionCommand(request), tools),
    /** Rows, and columns, of the cores. */
    size,
    optionsSize,
    /** Products the accumulators hold. */
    longest: LONGEST,
    reference: REFERENCE,
    kinds: kinds.map(({ name, description, parameters, published = null }) => {
      const own = of(name);
      const rate = eightBitRate(configurationOf(parameters, size));
      return {
        kind: name,
        description,
        measured: own,
        /** Core per product and cycle, of operands of up to 4 bits: every PE does one. */
        perProduct: own.core / pes,
        /** The same of 8-bit products; null where it does none. */
        perEightBitProduct: perProduct(own.core, pes, rate) ?? null,
        published,
        /** PE over the reference's. */
        peRatio: own.pe / reference.pe,
        /** Core per PE over the reference's. */
        coreRatio: own.core / reference.core,
      };
    }),
    /** PEs of each kind that fit into the reference's core; areas in gate equivalents. */
    isoArea: kinds.map(({ name }) => ({
      kind: name,
      pes: fitting(reference.core, of(name).core, pes),
      peAreaGe: of(name).pe,
      coreAreaGe: of(name).core,
      library: tools.library?.identity.name ?? null,
    })),
    goals: goalsOf(measured, size),
    options: options.map(({ name, description }) => {
      const [without, having] = [of(withoutName(name)), of(name)];
      const corePerPe = (having.core - without.core) / optionsSize ** 2;
      const whole = of(DEFAULT).core / optionsSize ** 2;
      const pe = having.pe - without.pe;
      return { option: name, description, without, having, pe, corePerPe, share: corePerPe / whole };
    }),
    /** Netlists shown to equal their RTL; absent where that was not asked for. */
    ...(proof && { proof }),
  };
}
