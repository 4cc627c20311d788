import { join } from 'node:path';
import { GENERATOR } from '../../base/version.js';
import type { EngineConfiguration } from '../../config/engine.js';
import { type EngineDesign, elaborateEngine } from '../../rtl/engine/engine.js';
import { identityOf } from '../../rtl/render/identity.js';
import { type Constrained, streamConstraints } from '../constraints.js';
import { renderFileLists, renderVerilog } from '../files.js';
import type { Generated, GenerateOptions } from '../generate.js';
import { withManifest } from '../manifest.js';
import { choosePackages, NO_PACKAGES, type PackageChoice, UNGATED } from '../package/choose.js';
import { renderPackages, withPackages } from '../package/packages.js';
import { benchIn } from '../package/subject.js';
import type { RenderedFile } from '../rendered-file.js';
import { writeDesign } from '../write.js';
import { engineJob, renderEngineBench } from './bench.js';
import { renderCommandsPage, renderEngineDatasheet } from './datasheet.js';
import { renderEngineDiagram } from './diagram.js';
import { renderDriver } from './driver.js';
import { buildEngineManifest } from './manifest.js';

/** In ns; not measured. */
const CLOCK_PERIOD = 20;

/** All files of an engine, those of packages among them, the manifest last. */
export function renderEngine(design: EngineDesign, choice: PackageChoice = NO_PACKAGES): RenderedFile[] {
  const identity = identityOf(design, GENERATOR);
  const { config, top, modules, memories } = design;
  const constrained: Constrained = {
    ...{ config: { ...config, clockGate: 'latch' }, top, clockGate: null, clockPeriod: CLOCK_PERIOD, measured: false },
  };
  const own = [
    ...renderVerilog(design, identity),
    ...renderFileLists({ config, top, modules, clockGate: null }, identity),
    ...renderEngineBench(design, identity),
    streamConstraints(constrained, identity),
    renderEngineDatasheet(design, identity),
    renderCommandsPage(design, identity),
    renderEngineDiagram(design, identity),
    ...renderDriver(identity),
  ];
  const packages = renderPackages(design, GENERATOR, choice, (packaged) => ({
    ...{ name: config.name, title: `ANT: engine of ${config.rows} x ${config.cols} PEs`, identity: packaged },
    ...{ top, modules, clockGate: null, memories, constrained, bench: benchIn(own) },
    cocotb: () => ({ kind: 'engine', job: engineJob(design), busBytes: config.busBits / 8 }),
  }));
  const files = [...own, ...packages];
  const command = withPackages(design.command, choice);
  return withManifest(files, buildEngineManifest({ ...design, command }, files));
}

/** Elaborates, renders and writes an engine below `out`, as `generate` does with other designs. */
export function generateEngine(
  config: EngineConfiguration,
  out: string,
  { replace = false, packages: request = [] }: GenerateOptions = {},
): Generated<EngineDesign> {
  const design = elaborateEngine(config);
  const packages = choosePackages(request, UNGATED);
  const files = renderEngine(design, packages);
  const folder = join(out, config.name);
  const removed = writeDesign(folder, files, { configuration: config, replace });
  return { folder, design, files, removed, packages };
}
