import type { ProvedDesign } from '../../synth/equivalence/proved.js';
import { type DesignSubject, proofsOf, reportHead } from '../metrics.js';
import type { Tools } from '../study.js';
import {
  configurationOf,
  hasLanes,
  type Kind,
  LARGEST_OF_OPTIONS,
  LONGEST,
  REFERENCE,
  whyOneLane,
  withLanes,
} from './designs.js';
import { eightBitRate, fitting, goalsOf, type Measured, measuredOf, perProduct } from './figures.js';
import { type ComparisonSelection, selectionCommand } from './request.js';

/** Name of the default design among the subjects: no kind and no option is called so. */
export const DEFAULT = 'default';

/** Name of the design that an option is taken from. */
export const withoutName = (option: string): string => `${option}, without`;

/** Rows, and columns, of the designs whose difference is the price of an option. */
export const optionsSizeOf = (size: number): number => Math.min(size, LARGEST_OF_OPTIONS);

/** The kinds in all numbers of lanes that they can have. */
export const formsOf = ({
  kinds,
  lanes,
}: Pick<ComparisonSelection, 'kinds' | 'lanes'>): readonly { readonly kind: Kind; readonly lanes: number }[] =>
  lanes.flatMap((number) => kinds.filter((kind) => hasLanes(kind, number)).map((kind) => ({ kind, lanes: number })));

/** A kind of PE with some number of lanes. Areas in gate equivalents. */
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
  const { kinds, options, size, lanes } = request;
  const measured = new Map(
    rows.map(({ subject: { name, manifest }, area: { report } }) => [name, measuredOf(report, manifest)]),
  );
  const of = (name: string): Measured => measured.get(name) as Measured;
  const pes = size * size;
  const reference = (number: number): Measured => of(withLanes(REFERENCE, number));
  const forms = formsOf(request);
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
    /** Lanes of the PEs. */
    lanes,
    kinds: forms.map(({ kind: { name, description, parameters, published = null }, lanes: number }) => {
      const own = of(withLanes(name, number));
      const rate = eightBitRate(configurationOf(parameters, size, number));
      return {
        kind: name,
        /** Products that a PE adds up in a cycle. */
        lanes: number,
        description,
        measured: own,
        /** Core per product and cycle, of operands of up to 4 bits: every lane does one. */
        perProduct: own.core / (pes * number),
        /** The same of 8-bit products; null where it does none. */
        perEightBitProduct: perProduct(own.core, pes, rate) ?? null,
        published,
        /** PE over the reference's of as many lanes. */
        peRatio: own.pe / reference(number).pe,
        /** Core per PE over the reference's of as many lanes. */
        coreRatio: own.core / reference(number).core,
      };
    }),
    /** Kinds that have one lane alone, and why. */
    oneLane: lanes.some((number) => number > 1)
      ? kinds.flatMap((kind) => {
          const reason = whyOneLane(kind);
          return reason === undefined ? [] : [{ kind: kind.name, reason }];
        })
      : [],
    /** PEs of each kind that fit into the reference's core with PEs of as many lanes; areas in gate equivalents. */
    isoArea: forms.map(({ kind: { name }, lanes: number }) => {
      const own = of(withLanes(name, number));
      return {
        kind: name,
        lanes: number,
        pes: fitting(reference(number).core, own.core, pes),
        peAreaGe: own.pe,
        coreAreaGe: own.core,
        library: tools.library?.identity.name ?? null,
      };
    }),
    goals: lanes.flatMap((number) =>
      goalsOf(
        new Map(
          forms
            .filter((form) => form.lanes === number)
            .map(({ kind: { name } }) => [name, of(withLanes(name, number))]),
        ),
        size,
        number,
      ),
    ),
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
