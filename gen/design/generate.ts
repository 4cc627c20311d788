import { join } from 'node:path';
import { GENERATOR } from '../base/version.js';
import type { PackageRequest } from '../config/packages.js';
import type { Configuration } from '../config/parameters.js';
import { type Design, elaborate } from '../rtl/design.js';
import { arrayBench } from './bench/cocotb.js';
import { constrainedOf } from './constraints.js';
import { renderDesign } from './files.js';
import { buildManifest, withManifest } from './manifest.js';
import { choosePackages, NO_PACKAGES, type PackageChoice } from './package/choose.js';
import { renderPackages, withPackages } from './package/packages.js';
import { benchIn } from './package/subject.js';
import type { RenderedFile } from './rendered-file.js';
import { writeDesign } from './write.js';

/** All files of a design, those of packages among them, the manifest last. */
export function renderAll(design: Design, choice: PackageChoice = NO_PACKAGES): RenderedFile[] {
  const { config, facts, top, modules, clockGate } = design;
  const own = renderDesign(design, GENERATOR);
  const packages = renderPackages(design, GENERATOR, choice, (identity) => ({
    ...{ name: config.name, title: `ANT: ${facts.names.summary}`, identity, top, modules, clockGate, memories: [] },
    constrained: constrainedOf(design),
    bench: benchIn(own),
    cocotb: () => arrayBench(design, identity),
  }));
  const files = [...own, ...packages];
  const command = withPackages(design.command, choice);
  return withManifest(files, buildManifest({ ...design, command }, files));
}

/** How a design is written. */
export interface GenerateOptions {
  /** Whether a design of another configuration in its folder is replaced. */
  readonly replace?: boolean;
  readonly packages?: PackageRequest;
}

/** A design that was written. */
export interface Generated<T> {
  readonly folder: string;
  readonly design: T;
  readonly files: readonly RenderedFile[];
  /** The by-products of programs that were removed with a previous design there. */
  readonly removed: readonly string[];
  readonly packages: PackageChoice;
}

/**
 * Elaborates, renders and writes a design below `out`.
 *
 * @throws UserError when its folder holds something else, or cannot be written; ConfigurationError for rules that need the
 * elaborated widths, and for packages that do not suit the design.
 */
export function generate(
  config: Configuration,
  out: string,
  { replace = false, packages: request = [] }: GenerateOptions = {},
): Generated<Design> {
  const design = elaborate(config);
  const packages = choosePackages(request, { gate: design.clockGate, clockGate: config.clockGate });
  const files = renderAll(design, packages);
  const folder = join(out, config.name);
  const removed = writeDesign(folder, files, { configuration: config, replace });
  return { folder, design, files, removed, packages };
}
