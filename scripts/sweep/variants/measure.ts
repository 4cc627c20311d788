import { join } from 'node:path';
import { GENERATOR } from '../../../gen/base/version.js';
import type { Configuration } from '../../../gen/config/parameters.js';
import { renderAll } from '../../../gen/design/generate.js';
import { loadDesign } from '../../../gen/design/manifest.js';
import { writeDesign } from '../../../gen/design/write.js';
import { measureProved, type ProofCount } from '../../synth/equivalence/proved.js';
import type { ProofReport } from '../../synth/equivalence/verdict.js';
import type { ArrayPath } from '../../synth/path.js';
import { gateEquivalentText, type Size } from '../../synth/report.js';
import { writeReport } from '../../synth/write.js';
import { requireTool } from '../../tools/find.js';
import type { LibraryIdentity } from '../../tools/liberty/identity.js';
import type { Library } from '../../tools/liberty/library.js';
import { inScratch } from '../../tools/scratch.js';
import type { ToolIdentity } from '../../tools/yosys/identity.js';
import type { Yosys } from '../../tools/yosys/interface.js';
import type { TestBudget } from '../../verify/budget.js';
import { quickBudget } from '../../verify/quick.js';
import { openArrayModel } from '../../verify/simulator.js';
import { configurationOf, designOf, type Variant } from './designs.js';
import { selectionCommand, type VariantsSelection } from './request.js';
import { measureStream, type StreamFigures } from './stream.js';

export interface VariantsRequest extends VariantsSelection {
  readonly yosys: Yosys;
  readonly library: Library | undefined;
  /** Folder in which the designs stay with their area reports; without, they are not kept. */
  readonly out: string | undefined;
  /** ABC's limit for the proof of one netlist; without, nothing is proved. */
  readonly proofSeconds: number | undefined;
  readonly onProgress: (text: string) => void;
}

/** A row of the table. */
export interface VariantRow {
  readonly name: string;
  readonly description: string;
  /** The command that generates the design; absent where the generator does not make it. */
  readonly command?: string;
  readonly configurationSha256: string;
  readonly accumulatorBits: number;
  readonly macsPerCycle: number;
  /** The whole array divided by its MACs per cycle. */
  readonly perMac: Size;
  readonly criticalPath: ArrayPath;
  readonly streams: readonly StreamFigures[];
  /** Netlists shown to equal their RTL; absent where that was not asked for. */
  readonly proof?: ProofCount;
  /** How each netlist was; absent likewise. */
  readonly proofs?: ProofReport;
}

/** What `npm run variants` finds. */
export interface VariantsReport {
  readonly generator: string;
  /** The command that measures the same. */
  readonly command: string;
  readonly tool: ToolIdentity;
  readonly library: LibraryIdentity | null;
  readonly gateEquivalent: string;
  readonly simulator: { readonly name: 'Verilator'; readonly version: string };
  readonly rows: number;
  readonly cols: number;
  readonly lengths: readonly number[];
  readonly variants: readonly VariantRow[];
}

/**
 * Generates, synthesises and simulates each variant.
 *
 * @throws UserError when a tool fails, a design is refused, or a measured cycle count is not the formula's.
 */
export async function measureVariants(request: VariantsRequest): Promise<VariantsReport> {
  const { variants, rows, cols, lengths, yosys, library } = request;
  // All are valid before the first is measured.
  const configurations = variants.map((variant) => ({ variant, configuration: configurationOf(variant, request) }));
  const verilator = await requireTool('verilator');
  return inScratch('variants', async (scratch) => {
    const workshop = { budget: await quickBudget(scratch), designs: request.out ?? join(scratch, 'designs') };
    const measured: VariantRow[] = [];
    for (const { variant, configuration } of configurations) {
      measured.push(await measureVariant(request, workshop, variant, configuration));
    }
    return {
      generator: GENERATOR,
      command: selectionCommand(request, { ...request, library: library?.identity }),
      tool: yosys.identity,
      library: library?.identity ?? null,
      gateEquivalent: gateEquivalentText(library?.identity ?? null),
      simulator: { name: 'Verilator', version: verilator.version },
      rows,
      cols,
      lengths,
      variants: measured,
    };
  });
}

/** How simulations are built, and where designs go. */
interface Workshop {
  readonly budget: TestBudget;
  readonly designs: string;
}

async function measureVariant(
  { lengths, yosys, library, proofSeconds, onProgress }: VariantsRequest,
  { budget, designs }: Workshop,
  variant: Variant,
  configuration: Configuration,
): Promise<VariantRow> {
  const { name, description } = variant;
  const folder = join(designs, name);
  writeDesign(folder, renderAll(designOf(variant, configuration)), { configuration, replace: true });
  const manifest = loadDesign(folder);
  const {
    report: area,
    proof,
    proofs,
  } = await measureProved(
    {
      folder,
      yosys,
      library,
      onProgress: (done, all, what) => onProgress(`${name}: synthesis [${done}/${all}] ${what}`),
    },
    proofSeconds,
  );
  writeReport(folder, { ...area, ...(proofs ? { proof: proofs } : {}) });
  onProgress(`${name}: building the simulation`);
  const { tuning, builds } = budget;
  const model = await openArrayModel(folder, manifest, { ...(tuning && { tuning }), ...(builds && { builds }) });
  const streams: StreamFigures[] = [];
  for (const k of lengths) {
    onProgress(`${name}: tiles of ${k} beats`);
    streams.push(await measureStream(model, manifest, k));
  }
  const { macsPerCycle } = manifest.timing;
  return {
    name,
    description,
    ...(variant.rewritten ? {} : { command: manifest.command }),
    configurationSha256: manifest.configurationSha256,
    accumulatorBits: manifest.accumulator.bits,
    macsPerCycle,
    perMac: divided(area.whole, macsPerCycle),
    criticalPath: area.criticalPath,
    streams,
    ...(proof ? { proof } : {}),
    ...(proofs ? { proofs } : {}),
  };
}

function divided({ gateEquivalents, area, flipFlopBits }: Size, by: number): Size {
  return {
    gateEquivalents: gateEquivalents / by,
    ...(area === undefined ? {} : { area: area / by }),
    flipFlopBits: flipFlopBits / by,
  };
}
