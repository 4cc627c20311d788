import { basename, dirname, relative } from 'node:path';
import { UserError } from '../../gen/base/errors.js';
import { loadPlotting } from '../../gen/base/vega.js';
import { holdsEngine } from '../../gen/design/engine/manifest.js';
import { holdsRequantiser } from '../../gen/design/requantiser/manifest.js';
import { requireTool } from '../tools/find.js';
import { readLibrary } from '../tools/liberty/library.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { measureEngine } from './engine/measure.js';
import { engineAreaMarkdown, engineAreaText } from './engine/render.js';
import { provedWithin } from './equivalence/prove.js';
import { type ProofReport, proofPasses } from './equivalence/verdict.js';
import { measureFpga } from './fpga/measure.js';
import { renderFpgaMarkdown, renderFpgaText } from './fpga/render.js';
import { measureDesign } from './measure.js';
import { writeNetlists } from './netlists.js';
import { renderMarkdown, renderText } from './render.js';
import type { AreaCommand } from './request.js';
import { measureRequantiser } from './requantiser/measure.js';
import { requantiserMarkdown, requantiserText } from './requantiser/render.js';
import type { OnProgress } from './steps.js';
import { measureCurves } from './timed/curve.js';
import { mapForPeriod } from './timed/period.js';
import { curvePlot } from './timed/plot.js';
import { proveMapped } from './timed/prove.js';
import { renderCurveText, renderPeriodMarkdown, renderPeriodText } from './timed/render.js';
import { periodMissed } from './timed/report.js';
import { reportJson, writeReportFiles } from './write.js';

/** What a measurement leaves: text for the terminal, the report, and files. */
export interface Outcome {
  readonly text: string;
  readonly report: object;
  /** What was written, as the user is told. */
  readonly written: readonly string[];
  /** What was asked for and is not so. */
  readonly failure?: string | undefined;
}

/** Measures what `npm run area` was asked for, and writes the reports. */
export async function measureRequest(request: AreaCommand, yosys: Yosys, onProgress: OnProgress): Promise<Outcome> {
  const limitSeconds = request.proveLimit;
  if (request.kind === 'cells' && holdsRequantiser(request.folder))
    return requantiserOutcome(request, yosys, onProgress);
  if (request.kind === 'cells' && holdsEngine(request.folder)) return engineOutcome(request, yosys, onProgress);
  switch (request.kind) {
    case 'cells': {
      const { folder, netlists: keep } = request;
      const library = request.liberty === undefined ? undefined : readLibrary(request.liberty);
      const context = { folder, yosys, library, onProgress };
      const measured = await measureDesign(context);
      const proof = await provedWithin(limitSeconds, { ...context, ...measured });
      const report = { ...measured.report, ...(proof && { proof }) };
      const written = writeReportFiles(folder, { 'area.json': reportJson(report), 'area.md': renderMarkdown(report) });
      const kept = keep ? writeNetlists(folder, 'area', measured.netlists) : [];
      return { text: renderText(report), report, written: told(written, kept), failure: proofFailure(proof) };
    }
    case 'period': {
      const { folder, netlists: keep, periodPs } = request;
      const sta = request.sta ? await requireTool('opensta') : undefined;
      const context = { ...request, yosys, library: readLibrary(request.liberty), onProgress };
      const { report: mapped, ...design } = await mapForPeriod({ ...context, sta });
      const proof = limitSeconds === undefined ? undefined : await proveMapped({ ...context, ...design, limitSeconds });
      const report = { ...mapped, ...(proof && { proof }) };
      const texts = { 'period.json': reportJson(report), 'period.md': renderPeriodMarkdown(report) };
      const written = writeReportFiles(folder, texts);
      const kept = keep ? writeNetlists(folder, 'period', design.netlists) : [];
      const missed = periodMissed(report) ? `the period of ${periodPs / 1000} ns is missed` : undefined;
      const failure = [missed, proofFailure(proof)].filter((text) => text !== undefined).join('; ') || undefined;
      return { text: renderPeriodText(report), report, written: told(written, kept), failure };
    }
    case 'curve': {
      const { folders, plot } = request;
      if (plot !== undefined) await loadPlotting();
      const report = await measureCurves({ ...request, yosys, library: readLibrary(request.liberty), onProgress });
      const written = writeReportFiles(folders[0] ?? '', { 'curve.json': reportJson(report) });
      const drawn =
        plot === undefined ? [] : writeReportFiles(dirname(plot), { [basename(plot)]: await curvePlot(report) });
      const failure = proofFailure(...report.curves.map(({ proof }) => proof));
      return { text: renderCurveText(report), report, written: told([...written, ...drawn]), failure };
    }
    case 'fpga': {
      const { report, bitstream } = await measureFpga({ ...request, yosys, onProgress });
      const texts = { 'fpga.json': reportJson(report), 'fpga.md': renderFpgaMarkdown(report) };
      const files = { ...texts, ...(bitstream && { 'fpga.bin': bitstream }) };
      const written = writeReportFiles(request.folder, files);
      const failure = proofFailure(report.proof, ...report.families.map(({ proof }) => proof));
      return { text: renderFpgaText(report), report, written: told(written), failure };
    }
  }
}

/** The same of a requantiser. */
async function requantiserOutcome(
  { folder, netlists: keep, liberty, proveLimit }: Extract<AreaCommand, { kind: 'cells' }>,
  yosys: Yosys,
  onProgress: OnProgress,
): Promise<Outcome> {
  const library = liberty === undefined ? undefined : readLibrary(liberty);
  const context = { folder, yosys, library, onProgress };
  const { report: measured, netlists } = await measureRequantiser(context);
  const proof = await provedWithin(proveLimit, { ...context, netlists });
  const report = { ...measured, ...(proof && { proof }) };
  const files = { 'area.json': reportJson(report), 'area.md': requantiserMarkdown(report) };
  const written = writeReportFiles(folder, files);
  const kept = keep ? writeNetlists(folder, 'area', netlists) : [];
  return { text: requantiserText(report), report, written: told(written, kept), failure: proofFailure(proof) };
}

/** The same of an engine. */
async function engineOutcome(
  { folder, netlists, liberty, proveLimit }: Extract<AreaCommand, { kind: 'cells' }>,
  yosys: Yosys,
  onProgress: OnProgress,
): Promise<Outcome> {
  if (netlists || proveLimit !== undefined) {
    throw new UserError('--netlists and --prove are not for engines; measure the array and the requantiser alone');
  }
  const library = liberty === undefined ? undefined : readLibrary(liberty);
  const report = await measureEngine({ folder, yosys, library, onProgress });
  const files = { 'area.json': reportJson(report), 'area.md': engineAreaMarkdown(report) };
  return { text: engineAreaText(report), report, written: told(writeReportFiles(folder, files)) };
}

/** What was written, as the user is told: files, and how many netlists where. */
function told(files: readonly string[], [first, ...more]: readonly string[] = []): string[] {
  const shown = (path: string): string => relative(process.cwd(), path);
  return [
    ...files.map(shown),
    ...(first === undefined ? [] : [`${more.length + 1} netlists in ${shown(dirname(first))}`]),
  ];
}

/** What is wrong with the proofs that were asked for; undefined where nothing is. */
const proofFailure = (...proofs: readonly (ProofReport | undefined)[]): string | undefined =>
  proofs.every(proofPasses) ? undefined : 'not every netlist is proved or simulated';
