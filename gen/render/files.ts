import type { Design } from '../elaborate/design.js';
import { renderTemplate } from './engine.js';

/** A file of a design: its path below the design's folder and its text. */
export interface RenderedFile {
  readonly path: string;
  readonly text: string;
}

/** The Verilog of a design, one file per module, in compile order. */
function renderVerilog(design: Design, generator: string): RenderedFile[] {
  const { hash, command } = design;
  return design.modules.map((module) => ({
    path: module.file,
    text: renderTemplate(module.template, { ...module, generator, hash, command }),
  }));
}

/** All files of a design except its manifest. */
export function renderDesign(design: Design, generator: string): RenderedFile[] {
  return [...renderVerilog(design, generator), renderFileList(design)];
}

/** The file list in compile order, paths relative to the design's folder. */
function renderFileList(design: Design): RenderedFile {
  return {
    path: `${design.config.name}.f`,
    text: `${design.modules.map((module) => module.file).join('\n')}\n`,
  };
}
