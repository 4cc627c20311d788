import { join } from 'node:path';
import { GENERATOR } from '../../base/version.js';
import type { RequantiserConfiguration } from '../../config/requantiser.js';
import { counted } from '../../rtl/render/counted.js';
import { identityOf } from '../../rtl/render/identity.js';
import { elaborateRequantiser, type RequantiserDesign } from '../../rtl/requantise/design.js';
import { type Constrained, streamConstraints } from '../constraints.js';
import { renderFileLists, renderVerilog } from '../files.js';
import type { Generated, GenerateOptions } from '../generate.js';
import { withManifest } from '../manifest.js';
import { choosePackages, NO_PACKAGES, type PackageChoice, UNGATED } from '../package/choose.js';
import { renderPackages, withPackages } from '../package/packages.js';
import { benchIn } from '../package/subject.js';
import type { RenderedFile } from '../rendered-file.js';
import { writeDesign } from '../write.js';
import { renderRequantiserBench, requantiserCocotb } from './bench.js';
import { renderRequantiserDatasheet } from './datasheet.js';
import { buildRequantiserManifest } from './manifest.js';

/** In ns: twice the critical path of the default design, buffered, in a library of 180 nm (docs/requantiser.md). */
const CLOCK_PERIOD = 13;

/** All files of a requantiser, those of packages among them, the manifest last. */
export function renderRequantiser(design: RequantiserDesign, choice: PackageChoice = NO_PACKAGES): RenderedFile[] {
  const identity = identityOf(design, GENERATOR);
  const { config, top, modules } = design;
  const listed = { config, top, modules, clockGate: null };
  const constrained: Constrained = {
    ...{ config: { ...config, clockGate: 'latch' }, top, clockGate: null, clockPeriod: CLOCK_PERIOD },
  };
  const own = [
    ...renderVerilog(design, identity),
    ...renderFileLists(listed, identity),
    ...renderRequantiserBench(design, identity),
    streamConstraints(constrained, identity),
    renderRequantiserDatasheet(design, identity),
  ];
  const packages = renderPackages(design, GENERATOR, choice, (packaged) => ({
    ...{ name: config.name, title: `ANT: requantiser of ${counted(config.lanes, 'lane')}`, identity: packaged },
    ...{ top, modules, clockGate: null, memories: [], constrained, bench: benchIn(own) },
    cocotb: () => requantiserCocotb(design),
  }));
  const files = [...own, ...packages];
  const command = withPackages(design.command, choice);
  return withManifest(files, buildRequantiserManifest({ ...design, command }, files));
}

/** Elaborates, renders and writes a requantiser below `out`, as `generate` does with other designs. */
export function generateRequantiser(
  config: RequantiserConfiguration,
  out: string,
  { replace = false, packages: request = [] }: GenerateOptions = {},
): Generated<RequantiserDesign> {
  const design = elaborateRequantiser(config);
  const packages = choosePackages(request, UNGATED);
  const files = renderRequantiser(design, packages);
  const folder = join(out, config.name);
  const removed = writeDesign(folder, files, { configuration: config, replace });
  return { folder, design, files, removed, packages };
}
