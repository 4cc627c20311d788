import { identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import { harnessVerilog } from '../harness.js';
import type { RenderedFile } from '../rendered-file.js';
import { type PackageSubject, verilogFiles } from './subject.js';

/** A Makefile for Yosys and nextpnr, and a harness of three pins, in which a design of any number of ports fits. */
export function lattice(subject: PackageSubject): RenderedFile[] {
  const { name, top, identity } = subject;
  const harness = `${name}_harness`;
  const header = (mark: string, title: string): string => identityComment(mark, title, identity);
  const ports = top.ports.map(({ name: port, direction, width }) => ({ name: port, direction, bits: Number(width) }));
  const verilog = harnessVerilog({ harness, module: top.name, parameters: {}, ports });
  const view = {
    header: header('#', `${top.name} on FPGAs of Lattice, by Yosys and nextpnr.`),
    ...{ harness, files: verilogFiles(subject) },
  };
  return [
    { path: 'lattice/Makefile', text: renderTemplate('design/package/lattice.mk', view) },
    { path: `lattice/${harness}.v`, text: `${header('//', `Harness of ${top.name}.`)}\n//\n${verilog}` },
  ];
}
