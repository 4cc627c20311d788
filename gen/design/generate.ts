import { join } from 'node:path';
import { GENERATOR } from '../base/version.js';
import type { Configuration } from '../config/parameters.js';
import { type Design, elaborate } from '../rtl/design.js';
import { renderDesign } from './files.js';
import { buildManifest, withManifest } from './manifest.js';
import type { RenderedFile } from './rendered-file.js';
import { writeDesign } from './write.js';

/** All files of a design, the manifest last. */
export function renderAll(design: Design): RenderedFile[] {
  const files = renderDesign(design, GENERATOR);
  return withManifest(files, buildManifest(design, files));
}

/**
 * Elaborates, renders and writes a design below `out`; returns its folder, its view model, and the by-products of programs
 * that were removed with a previous design there.
 *
 * @param replace Whether a design of another configuration in its folder is replaced.
 */
export function generate(
  config: Configuration,
  out: string,
  { replace = false } = {},
): { folder: string; design: Design; files: RenderedFile[]; removed: string[] } {
  const design = elaborate(config);
  const files = renderAll(design);
  const folder = join(out, config.name);
  const removed = writeDesign(folder, files, { configuration: config, replace });
  return { folder, design, files, removed };
}
