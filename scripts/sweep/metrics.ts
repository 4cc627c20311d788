import { countedSteps } from '../../gen/base/progress.js';
import { GENERATOR } from '../../gen/base/version.js';
import type { Configuration } from '../../gen/config/parameters.js';
import { renderAll } from '../../gen/design/generate.js';
import { loadDesign, type Manifest } from '../../gen/design/manifest.js';
import type { RenderedFile } from '../../gen/design/rendered-file.js';
import { writeDesign } from '../../gen/design/write.js';
import { type Design, elaborate } from '../../gen/rtl/design.js';
import { addProofs, measureProved, type ProofCount, type ProvedDesign } from '../synth/equivalence/proved.js';
import { gateEquivalentText } from '../synth/report.js';
import { writeReport } from '../synth/write.js';
import { quickBudget } from '../verify/quick.js';
import { openArrayModel } from '../verify/simulator.js';
import { measureStream, type StreamFigures } from './streams.js';
import type { Metric, Subject, Tools } from './study.js';

/** A generated design. */
export interface DesignSubject extends Subject {
  readonly folder: string;
  readonly manifest: Manifest;
}

/**
 * Generates a design to be measured.
 *
 * @param folder Of its own.
 * @param files What is written of the elaborated design.
 */
export function designSubject(
  name: string,
  configuration: Configuration,
  folder: string,
  files: (design: Design) => RenderedFile[] = renderAll,
): DesignSubject {
  writeDesign(folder, files(elaborate(configuration)), { configuration, replace: true });
  return { name, folder, manifest: loadDesign(folder) };
}

/** The metrics of designs. Each is made once per study, with what it needs to know. */
export const METRICS = {
  /**
   * Area and critical path by synthesis, each design once; the netlists proved where that is asked for.
   *
   * @param own Tools in place of the study's.
   */
  area(own: Partial<Tools> = {}): Metric<DesignSubject, ProvedDesign> {
    const known = new Map<string, Promise<ProvedDesign>>();
    const measure = async ({ folder }: DesignSubject, { yosys, library, proofSeconds, progress }: Tools) => {
      const onProgress = countedSteps(progress);
      const measured = await measureProved({ folder, yosys, library, onProgress }, proofSeconds);
      const { report, proofs } = measured;
      writeReport(folder, { ...report, ...(proofs ? { proof: proofs } : {}) });
      return measured;
    };
    return (subject, tools) => {
      const key = JSON.stringify(subject.manifest);
      const found = known.get(key) ?? measure(subject, { ...tools, ...own });
      known.set(key, found);
      return found;
    };
  },

  /** Latency, period and utilisation of streams of tiles, on the simulated design. */
  async streams(lengths: readonly number[], scratch: string): Promise<Metric<DesignSubject, readonly StreamFigures[]>> {
    const { tuning, builds } = quickBudget(scratch);
    return async ({ folder, manifest }, { progress }) => {
      progress('building the simulation');
      const model = await openArrayModel(folder, manifest, { tuning, builds });
      const streams: StreamFigures[] = [];
      for (const k of lengths) {
        progress(`tiles of ${k} beats`);
        streams.push(await measureStream(model, manifest, k));
      }
      return streams;
    };
  },
} as const;

/** Netlists of all rows, a design that several share counted once; undefined where nothing was to be proved. */
export function proofsOf(rows: readonly { readonly area: ProvedDesign }[]): ProofCount | undefined {
  const counts = [...new Set(rows.map(({ area }) => area))].flatMap(({ proof }) => proof ?? []);
  return counts.length === 0 ? undefined : counts.reduce(addProofs);
}

/** A command with the options that stand for what a study is measured with. */
export const commandText = (
  command: string,
  tools: {
    readonly library?: { readonly identity: { readonly file: string } } | undefined;
    readonly proofSeconds?: number | undefined;
  },
): string =>
  [
    command,
    ...(tools.library === undefined ? [] : [`--liberty ${tools.library.identity.file}`]),
    ...(tools.proofSeconds === undefined ? [] : ['--prove']),
  ].join(' ');

/**
 * What the report of a study of designs begins with.
 *
 * @param command Without the options that stand for the tools.
 */
export const reportHead = (command: string, tools: Tools) => ({
  generator: GENERATOR,
  /** The command that measures the same. */
  command: commandText(command, tools),
  tool: tools.yosys.identity,
  library: tools.library?.identity ?? null,
  gateEquivalent: gateEquivalentText(tools.library?.identity ?? null),
});
