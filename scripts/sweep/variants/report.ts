import type { ProvedDesign } from '../../synth/equivalence/proved.js';
import { scaleSize } from '../../synth/report.js';
import { type DesignSubject, reportHead } from '../metrics.js';
import type { StreamFigures } from '../streams.js';
import type { Tools } from '../study.js';
import type { Variant } from './designs.js';
import { selectionCommand, type VariantsSelection } from './request.js';

/** What is measured of a variant. */
interface MeasuredVariant {
  readonly subject: DesignSubject & { readonly variant: Variant };
  readonly area: ProvedDesign;
  readonly streams: readonly StreamFigures[];
}

/** A row of the table. */
export type VariantRow = ReturnType<typeof rowOf>;

function rowOf({ subject: { variant, manifest }, area: { report, proof, proofs }, streams }: MeasuredVariant) {
  const { name, description, files } = variant;
  const { macsPerCycle } = manifest.timing;
  const command = files ? undefined : manifest.command;
  return {
    name,
    description,
    /** The command that generates the design; absent where the generator does not make it. */
    ...(command && { command }),
    configurationSha256: manifest.configurationSha256,
    accumulatorBits: manifest.accumulator.bits,
    macsPerCycle,
    /** The whole array divided by its MACs per cycle. */
    perMac: scaleSize(report.whole, 1 / macsPerCycle),
    criticalPath: report.criticalPath,
    streams,
    /** Netlists shown to equal their RTL, and how each was; absent where that was not asked for. */
    ...(proof && { proof }),
    ...(proofs && { proofs }),
  };
}

/** What `npm run variants` finds. */
export type VariantsReport = ReturnType<typeof variantsReport>;

/** @param verilator Its version. */
export function variantsReport(
  measured: readonly MeasuredVariant[],
  request: VariantsSelection,
  tools: Tools,
  verilator: string,
) {
  const { rows, cols, lengths } = request;
  return {
    ...reportHead(selectionCommand(request), tools),
    simulator: { name: 'Verilator', version: verilator },
    rows,
    cols,
    lengths,
    variants: measured.map(rowOf),
  };
}
