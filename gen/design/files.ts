import type { Design } from '../rtl/design.js';
import { type Identity, identityComment, identityOf } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import { renderTestBench } from './bench/testbench.js';
import { renderConstraints } from './constraints.js';
import { renderDatasheet } from './datasheet.js';
import { renderBlockDiagram, renderTimingDiagram } from './diagrams.js';
import type { RenderedFile } from './rendered-file.js';

/** All files of a design except its manifest. */
export function renderDesign(design: Design, generator: string): RenderedFile[] {
  const identity = identityOf(design, generator);
  return [
    ...renderVerilog(design, identity),
    renderFileList(design, identity),
    ...renderTestBench(design, identity),
    renderConstraints(design, identity),
    renderDatasheet(design, identity),
    renderBlockDiagram(design, identity),
    renderTimingDiagram(design, identity),
  ];
}

/** The Verilog of a design, one file per module, in compile order. */
function renderVerilog(design: Design, identity: Identity): RenderedFile[] {
  return design.modules.map((module) => ({
    path: module.file,
    text: renderTemplate(module.template, { ...module, ...identity }),
  }));
}

/** The file list in compile order, paths relative to the design's folder. */
function renderFileList(design: Design, identity: Identity): RenderedFile {
  const title = `Verilog files of ${design.top.name} in compile order, relative to this folder.`;
  const files = design.modules.map((module) => module.file);
  return {
    path: `${design.config.name}.f`,
    text: `${[identityComment('//', title, identity), '', ...files].join('\n')}\n`,
  };
}
