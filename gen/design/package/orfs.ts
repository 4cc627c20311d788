import { identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import { streamConstraints } from '../constraints.js';
import type { RenderedFile } from '../rendered-file.js';
import { asicFiles, macrosOf } from './asic.js';
import type { PackageSubject } from './subject.js';

/** The configuration of OpenROAD-flow-scripts. The flow reads the period from a line `set clk_period`. */
export function orfs(subject: PackageSubject): RenderedFile[] {
  const { name, top, constrained, identity } = subject;
  const macros = macrosOf(subject);
  const view = {
    header: identityComment('#', `Configuration of OpenROAD-flow-scripts for ${top.name}.`, identity),
    ...{ name, top: top.name, verilog: asicFiles(subject).verilog },
    macroLists: macros.length > 0 ? [{ macros }] : [],
  };
  return [
    { path: 'orfs/config.mk', text: renderTemplate('design/package/orfs.mk', view) },
    streamConstraints(constrained, identity, {
      path: 'orfs/constraint.sdc',
      period: (fallback) => [`set clk_period ${fallback}`, 'set CLOCK_PERIOD $clk_period'],
      another: 'Change clk_period, in the time unit of the platform,',
      hierarchical: false,
    }),
  ];
}
