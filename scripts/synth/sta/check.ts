import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import type { Manifest } from '../../../gen/design/manifest.js';
import { runTool, type Tool, toolFailure } from '../../tools/find.js';
import type { Library } from '../../tools/liberty/library.js';
import { inScratch } from '../../tools/scratch.js';
import type { Yosys } from '../../tools/yosys/interface.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { type MappedNetlist, netlistFile, netlistModule } from '../netlist.js';
import { areaItems } from '../plan.js';
import { cellCounts } from '../statistics.js';
import type { StaReport } from '../timed/report.js';
import { readSta, type StaResult } from './log.js';
import { type StaJob, staScript } from './script.js';
import { linkedItems, TOP_FILES, topProblems, topScript } from './top.js';

export interface StaContext {
  /** The design's folder. */
  readonly folder: string;
  readonly manifest: Manifest;
  readonly yosys: Yosys;
  readonly library: Library;
  readonly sta: Tool;
  /** The mapped netlists of the design's modules. */
  readonly netlists: readonly MappedNetlist[];
  readonly periodPs: number;
}

export interface CheckedWhole {
  readonly report: StaReport;
  /** The netlist of what is outside the modules, with instances of them. */
  readonly top: string;
}

/**
 * Links the netlists of a design and has OpenSTA check its setup times: of the whole, with the design's constraints, and
 * of the PE or unit alone.
 *
 * @throws UserError (exit code 1) when the netlist of the whole does not hold what the manifest says, (3) when a tool fails
 * or its report does not read as expected.
 */
export async function checkWhole(context: StaContext): Promise<CheckedWhole> {
  const { folder, manifest, sta, library, netlists, periodPs } = context;
  const design = manifest.configuration.name;
  const constraints = `${design}.sdc`;
  const items = linkedItems(manifest);
  const pe = areaItems(manifest)
    .filter(({ role }) => role === 'pe')
    .sort((x, y) => (y.parameters.SUM_BITS ?? 0) - (x.parameters.SUM_BITS ?? 0))[0];
  if (pe === undefined) throw new Error('the design has no PE');
  const names = new Set(items.map(netlistModule));
  const linked = netlists.filter(({ name }) => names.has(name));
  const top = await topNetlist(context);
  const files: Record<string, string> = {
    [TOP_FILES.library]: library.text,
    [TOP_FILES.netlist]: top,
    [constraints]: onFlattened(readFileSync(join(folder, constraints), 'utf8')),
    ...Object.fromEntries(linked.map((netlist) => [netlistFile(netlist), netlist.text])),
  };
  const common = { library: TOP_FILES.library, period: periodPs / 1000 };
  const module = netlistModule(pe);
  const whole: StaJob = {
    ...common,
    netlists: [...linked.map(netlistFile), TOP_FILES.netlist],
    top: manifest.top,
    constraints,
  };
  const alone: StaJob = { ...common, netlists: [netlistFile({ name: module })], top: module, constraints: undefined };
  const report: StaReport = {
    tool: { name: 'OpenSTA', version: sta.version },
    whole: await runSta(sta, whole, files),
    pe: { module, ...(await runSta(sta, alone, files)) },
    scripts: [topScript(manifest), staScript(whole)],
  };
  return { report, top };
}

/** Constraints for a flattened netlist, in which the names of instances have dots between levels; their cells are a level of their own. */
const onFlattened = (constraints: string): string =>
  constraints.replace(/(?<=\[get_cells )[\w/]+(?=\/\*\])/g, (path) => path.replaceAll('/', '.'));

/** The netlist of what is outside the modules, with instances of them. */
export async function topNetlist({
  folder,
  manifest,
  yosys,
  library,
}: Omit<StaContext, 'sta' | 'netlists' | 'periodPs'>): Promise<string> {
  const { outputs } = await runYosys(yosys, {
    title: `${manifest.top} around its modules`,
    script: topScript(manifest),
    inputs: { ...sourcesOf(folder, manifest.compileOrder), [TOP_FILES.library]: library.text },
    outputs: [TOP_FILES.cells, TOP_FILES.netlist],
  });
  const problems = topProblems(cellCounts(outputs[TOP_FILES.cells] ?? ''), manifest);
  if (problems.length > 0) {
    throw new UserError(
      `the netlist of ${manifest.top} differs from its manifest:\n  ${problems.join('\n  ')}`,
      EXIT.checkFailed,
    );
  }
  return outputs[TOP_FILES.netlist] ?? '';
}

const SCRIPT = 'check.tcl';
const LONGEST_RUN = 1_800_000;

/**
 * Runs OpenSTA on a job.
 *
 * @throws UserError (exit code 3) with the tail of its log when it fails or its report does not read as expected.
 */
export async function runSta(sta: Tool, job: StaJob, files: Readonly<Record<string, string>>): Promise<StaResult> {
  return inScratch('sta', async (folder) => {
    for (const [path, text] of Object.entries({ ...files, [SCRIPT]: staScript(job) })) {
      writeFileSync(join(folder, path), text);
    }
    const args = ['-no_splash', '-no_init', '-exit', SCRIPT];
    const { log } = await runTool(sta, args, { cwd: folder, timeout: LONGEST_RUN });
    const read = readSta(log);
    if ('result' in read) return read.result;
    throw toolFailure('OpenSTA', `gave no setup check of ${job.top}: ${read.problem}`, log, args.join(' '));
  });
}
