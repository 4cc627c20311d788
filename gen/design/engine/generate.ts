import { join } from 'node:path';
import { GENERATOR } from '../../base/version.js';
import type { EngineConfiguration } from '../../config/engine.js';
import { type EngineDesign, elaborateEngine } from '../../rtl/engine/engine.js';
import { identityOf } from '../../rtl/render/identity.js';
import { streamConstraints } from '../constraints.js';
import { renderFileLists, renderVerilog } from '../files.js';
import { withManifest } from '../manifest.js';
import type { RenderedFile } from '../rendered-file.js';
import { writeDesign } from '../write.js';
import { renderCommandsPage, renderEngineDatasheet } from './datasheet.js';
import { renderEngineDiagram } from './diagram.js';
import { renderDriver } from './driver.js';
import { buildEngineManifest } from './manifest.js';

/** In ns; not measured. */
const CLOCK_PERIOD = 20;

/** All files of an engine, the manifest last. */
export function renderEngine(design: EngineDesign): RenderedFile[] {
  const identity = identityOf(design, GENERATOR);
  const { config, top, modules } = design;
  const constrained = { config: { ...config, clockGate: 'latch' as const }, top, clockGate: null };
  const files = [
    ...renderVerilog(design, identity),
    ...renderFileLists({ config, top, modules, clockGate: null }, identity),
    streamConstraints({ ...constrained, clockPeriod: CLOCK_PERIOD, measured: false }, identity),
    renderEngineDatasheet(design, identity),
    renderCommandsPage(design, identity),
    renderEngineDiagram(design, identity),
    ...renderDriver(identity),
  ];
  return withManifest(files, buildEngineManifest(design, files));
}

/** Elaborates, renders and writes an engine below `out`, as `generate` does with other designs. */
export function generateEngine(
  config: EngineConfiguration,
  out: string,
  { replace = false } = {},
): { folder: string; design: EngineDesign; files: RenderedFile[]; removed: string[] } {
  const design = elaborateEngine(config);
  const files = renderEngine(design);
  const folder = join(out, config.name);
  const removed = writeDesign(folder, files, { configuration: config, replace });
  return { folder, design, files, removed };
}
