import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Manifest } from '../../gen/design/manifest.js';
import { renderTemplate } from '../../gen/rtl/render/templates.js';
import { buildBench, scratchFolder } from '../tools/verilator.js';
import type { TestBudget } from './budget.js';

/** A harness around modules of a design, with the bench that drives it. */
interface Harness {
  /** What is built, in the executable's name. */
  readonly what: string;
  /** The harness' module, and its template in `templates/verify/`. */
  readonly top: string;
  readonly view: object;
  /** Names of the modules in it. */
  readonly modules: RegExp;
  readonly bench: 'dot_tb' | 'module_tb' | 'scaler_tb';
}

/** Builds the simulation of some modules alone; returns its executable. */
export async function buildHarness(
  folder: string,
  manifest: Manifest,
  { tuning, builds }: TestBudget,
  trace: boolean,
  { what, top, view, modules, bench }: Harness,
): Promise<string> {
  const { name } = manifest.configuration;
  const scratch = scratchFolder(`${name}-harness`);
  try {
    const file = join(scratch, `${top}.v`);
    writeFileSync(file, renderTemplate(`verify/${top}.v`, view));
    const files = manifest.modules.filter((module) => modules.test(module.name)).map((module) => module.file);
    const verilog = [...files.map((path) => join(folder, path)), file];
    return await buildBench({ name: `${name}-${what}`, top, verilog, bench, trace, allow: ['UNUSED'], tuning, builds });
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
