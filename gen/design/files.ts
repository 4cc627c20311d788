import type { Design } from '../rtl/design.js';
import { type Identity, identityComment, identityOf } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import { alignConnections } from '../rtl/verilog.js';
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
    ...renderFileLists(design, identity),
    ...renderTestBench(design, identity),
    renderConstraints(design, identity),
    renderDatasheet(design, identity),
    renderBlockDiagram(design, identity),
    renderTimingDiagram(design, identity),
  ];
}

/** The Verilog of a design, one file per module, in compile order. */
export function renderVerilog(design: Pick<Design, 'modules'>, identity: Identity): RenderedFile[] {
  return design.modules.map((module) => ({
    path: module.file,
    text: alignConnections(renderTemplate(module.template, { ...module, ...identity })),
  }));
}

/** What file lists are made from. */
type FileListed = Pick<Design, 'top' | 'clockGate' | 'modules'> & { readonly config: Pick<Design['config'], 'name'> };

/** The file list in compile order, and one without the clock gate for those who replace it. */
export function renderFileLists(design: FileListed, identity: Identity): RenderedFile[] {
  const { config, top, clockGate, modules } = design;
  const files = modules.map(({ file }) => file);
  const list = (path: string, title: string, listed: readonly string[]): RenderedFile => ({
    path,
    text: `${[identityComment('//', title, identity), '', ...listed].join('\n')}\n`,
  });
  const whole = `Verilog files of ${top.name} in compile order, relative to this folder.`;
  const without = `The same as ${config.name}.f, but for the clock gate: compile a module ${clockGate?.module} besides.`;
  return [
    list(`${config.name}.f`, whole, files),
    ...(clockGate === null
      ? []
      : [
          list(
            clockGate.fileListWithout,
            without,
            files.filter((file) => file !== clockGate.file),
          ),
        ]),
  ];
}
