/**
 * The generator: from the parameters of a design to its files.
 *
 * @module
 */
import { resolve } from 'node:path';
import { isEngine, validateEngine } from '../gen/config/engine.js';
import type { PackageRequest } from '../gen/config/packages.js';
import { isRequantiser, validateRequantiser } from '../gen/config/requantiser.js';
import { validateConfiguration } from '../gen/config/validate.js';
import { generateEngine, renderEngine } from '../gen/design/engine/generate.js';
import { type GenerateOptions, generate as generateArray, renderAll } from '../gen/design/generate.js';
import { choosePackages, type PackageChoice, UNGATED } from '../gen/design/package/choose.js';
import type { RenderedFile } from '../gen/design/rendered-file.js';
import { generateRequantiser, renderRequantiser } from '../gen/design/requantiser/generate.js';
import { elaborate } from '../gen/rtl/design.js';
import { elaborateEngine } from '../gen/rtl/engine/engine.js';
import { elaborateRequantiser } from '../gen/rtl/requantise/design.js';

export { ConfigurationError, type Problem, UserError } from '../gen/base/errors.js';
export { PACKAGE_NAMES, type PackageName, type PackageRequest } from '../gen/config/packages.js';
export { configurationSchema } from '../gen/config/parameters.js';
export type { GenerateOptions } from '../gen/design/generate.js';
export type { PackageChoice } from '../gen/design/package/choose.js';
export type { RenderedFile } from '../gen/design/rendered-file.js';

/** Parameters of a design, with the keys of a configuration file: `{ rows: 16, cols: 16 }`. All have defaults. */
export type Parameters = Readonly<Record<string, unknown>>;

/** A design that was written. */
export interface WrittenDesign {
  readonly folder: string;
  readonly name: string;
  /** The module at the top. */
  readonly top: string;
  readonly files: readonly RenderedFile[];
  /** By-products of programs that were removed with a previous design there. */
  readonly removed: readonly string[];
  readonly packages: PackageChoice;
}

/**
 * Writes a design of any kind to a folder of its name below `out`.
 *
 * @throws ConfigurationError naming every problem of the parameters; UserError when the folder holds something else, or
 * cannot be written.
 */
export function generate(parameters: Parameters, out: string, options: GenerateOptions = {}): WrittenDesign {
  const raw = { ...parameters };
  const folder = resolve(out);
  const written = isRequantiser(raw)
    ? generateRequantiser(validateRequantiser(raw), folder, options)
    : isEngine(raw)
      ? generateEngine(validateEngine(raw), folder, options)
      : generateArray(validateConfiguration(raw), folder, options);
  const { design, ...rest } = written;
  return { ...rest, name: design.config.name, top: design.top.name };
}

/**
 * The files of a design of any kind, without writing them; their paths are relative to the design's folder.
 *
 * @throws ConfigurationError naming every problem of the parameters.
 */
export function render(parameters: Parameters, { packages = [] }: { packages?: PackageRequest } = {}): RenderedFile[] {
  const raw = { ...parameters };
  if (isRequantiser(raw)) {
    return renderRequantiser(elaborateRequantiser(validateRequantiser(raw)), choosePackages(packages, UNGATED));
  }
  if (isEngine(raw)) return renderEngine(elaborateEngine(validateEngine(raw)), choosePackages(packages, UNGATED));
  const design = elaborate(validateConfiguration(raw));
  const choice = choosePackages(packages, { gate: design.clockGate, clockGate: design.config.clockGate });
  return renderAll(design, choice);
}
