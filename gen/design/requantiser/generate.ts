import { join } from 'node:path';
import { GENERATOR } from '../../base/version.js';
import type { RequantiserConfiguration } from '../../config/requantiser.js';
import { identityOf } from '../../rtl/render/identity.js';
import { elaborateRequantiser, type RequantiserDesign } from '../../rtl/requantise/design.js';
import { streamConstraints } from '../constraints.js';
import { renderFileLists, renderVerilog } from '../files.js';
import { withManifest } from '../manifest.js';
import type { RenderedFile } from '../rendered-file.js';
import { writeDesign } from '../write.js';
import { renderRequantiserBench } from './bench.js';
import { renderRequantiserDatasheet } from './datasheet.js';
import { buildRequantiserManifest } from './manifest.js';

/** In ns: twice the critical path of the default design, buffered, in a library of 180 nm (docs/requantiser.md). */
const CLOCK_PERIOD = 13;

/** All files of a requantiser, the manifest last. */
export function renderRequantiser(design: RequantiserDesign): RenderedFile[] {
  const identity = identityOf(design, GENERATOR);
  const { config, top, modules } = design;
  const listed = { config, top, modules, clockGate: null };
  const constrained = { config: { ...config, clockGate: 'latch' as const }, top, clockGate: null };
  const files = [
    ...renderVerilog(design, identity),
    ...renderFileLists(listed, identity),
    ...renderRequantiserBench(design, identity),
    streamConstraints({ ...constrained, clockPeriod: CLOCK_PERIOD }, identity),
    renderRequantiserDatasheet(design, identity),
  ];
  return withManifest(files, buildRequantiserManifest(design, files));
}

/** Elaborates, renders and writes a requantiser below `out`, as `generate` does with other designs. */
export function generateRequantiser(
  config: RequantiserConfiguration,
  out: string,
  { replace = false } = {},
): { folder: string; design: RequantiserDesign; files: RenderedFile[]; removed: string[] } {
  const design = elaborateRequantiser(config);
  const files = renderRequantiser(design);
  const folder = join(out, config.name);
  const removed = writeDesign(folder, files, { configuration: config, replace });
  return { folder, design, files, removed };
}
