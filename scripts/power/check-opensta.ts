import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../gen/base/errors.js';
import { makeFolder } from '../../gen/base/folder.js';
import { findProgram, runTool } from '../tools/find.js';
import type { Library } from '../tools/liberty/library.js';
import { compareVersions } from '../tools/version.js';
import { countActivity } from './activity.js';
import { linkCircuit } from './circuit.js';
import { estimateEnergy } from './estimate.js';
import type { PowerDetails } from './measure.js';
import { activityVcd, asStaCounts, readStaPower, STA_FILES, type StaPower, staNetlist, staScript } from './opensta.js';
import type { Waves } from './waves.js';

/** The first OpenSTA that reads activities of nets; those before it give too much internal power. */
const OLDEST = '2.2';

/** One processing element by this project's estimator and by OpenSTA, in watts; without the latter, why not. */
export type StaCheck = { readonly mine: StaPower } & (
  | { readonly version: string; readonly theirs: StaPower }
  | { readonly missing: string }
);

/**
 * Writes what OpenSTA needs to estimate the power of the first processing element to a folder, and runs OpenSTA where there is
 * one on the search path that is new enough.
 *
 * @throws UserError when the folder cannot be written, or OpenSTA fails.
 */
export async function checkWithSta(
  folder: string,
  { report, pe, waves }: PowerDetails,
  library: Library,
): Promise<StaCheck> {
  const { circuit } = pe;
  const { period } = report;
  const one = firstInstance(waves);
  const files: [string, string][] = [
    [STA_FILES.netlist, staNetlist(circuit)],
    [STA_FILES.activity, activityVcd(circuit, one, period)],
    [STA_FILES.script, staScript(circuit, linkCircuit(circuit.netlist, circuit.library), report)],
    [STA_FILES.library, library.text],
  ];
  try {
    makeFolder(folder);
    for (const [name, text] of files) writeFileSync(join(folder, name), text);
  } catch (error) {
    throw new UserError(`cannot write ${folder}: ${(error as Error).message}`);
  }
  const mine = asStaCounts(estimateEnergy(circuit, countActivity(circuit, one), report), one.cycles * period);
  const path = findProgram('sta');
  if (path === undefined) return { mine, missing: `no sta on the search path (OpenSTA ${OLDEST} or newer)` };
  const program = { name: 'OpenSTA', path };
  const version = /(\d+\.\d+(?:\.\d+)*)/.exec((await runTool(program, ['-version'])).log)?.[1] ?? '0';
  if (compareVersions(version, OLDEST) < 0) {
    return { mine, missing: `${path} is version ${version}; ${OLDEST} or newer is needed, which reads activities` };
  }
  const { log } = await runTool(program, ['-exit', STA_FILES.script], { cwd: folder });
  const theirs = readStaPower(log);
  if (!theirs) throw new UserError(`OpenSTA ${version} reported no power:\n${log.slice(-1000)}`, EXIT.toolBroken);
  return { mine, version, theirs };
}

function firstInstance(waves: Waves): Waves {
  const rows = waves.rows.map((row) =>
    Int32Array.from({ length: waves.cycles }, (_, i) => (row[i * waves.stride] as number) & 1),
  );
  return { cycles: waves.cycles, instances: 1, stride: 1, rows };
}

/** The check as text. */
export function staText(check: StaCheck, folder: string): string {
  const watts = ({ internal, switching, leakage }: StaPower): string =>
    [internal, switching, leakage].map((value) => value.toExponential(4)).join(', ');
  const heading = 'the first PE in W: internal, switching of nets that gates drive, leakage';
  const theirs =
    'theirs' in check ? `OpenSTA ${check.version}  ${watts(check.theirs)}` : `OpenSTA was not run: ${check.missing}`;
  return `${[heading, `estimate  ${watts(check.mine)}`, theirs, `files for OpenSTA in ${folder}`].join('\n')}\n`;
}
