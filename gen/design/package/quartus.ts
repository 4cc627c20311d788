import { identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import type { RenderedFile } from '../rendered-file.js';
import { type PackageSubject, verilogFiles } from './subject.js';

/** A script that makes a Quartus project and compiles the design with virtual pins. */
export function quartus(subject: PackageSubject): RenderedFile[] {
  const { name, top, identity } = subject;
  const view = {
    header: identityComment('#', `Quartus project of ${top.name}.`, identity),
    ...{ name, top: top.name, files: verilogFiles(subject) },
    pins: top.ports.map((port) => port.name).filter((port) => port !== 'clk_i'),
  };
  return [{ path: `quartus/${name}.tcl`, text: renderTemplate('design/package/quartus.tcl', view) }];
}
