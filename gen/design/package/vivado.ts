import { identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import type { RenderedFile } from '../rendered-file.js';
import { benchFiles, type PackageSubject, verilogFiles } from './subject.js';

/** In ns: a start for parts of the Artix-7, not measured. */
const CLOCK_PERIOD = '10.0';

/** A script that makes a Vivado project and synthesises the design out of context, and its constraints. */
export function vivado(subject: PackageSubject): RenderedFile[] {
  const { name, top, identity } = subject;
  const bench = benchFiles(subject);
  const header = (title: string): string => identityComment('#', title, identity);
  const view = {
    header: header(`Vivado project of ${top.name}.`),
    ...{ name, top: top.name, benchTop: bench.top, files: verilogFiles(subject) },
    ...{ benchFiles: bench.verilog, dataFiles: bench.data },
  };
  const constraints = [
    header(`Clock of ${top.name} for Vivado.`),
    '#',
    '# The period, in ns, is a start and comes from no measurement.',
    '',
    `create_clock -name clk -period ${CLOCK_PERIOD} [get_ports clk_i]`,
  ];
  return [
    { path: `vivado/${name}.tcl`, text: renderTemplate('design/package/vivado.tcl', view) },
    { path: `vivado/${name}.xdc`, text: `${constraints.join('\n')}\n` },
  ];
}
