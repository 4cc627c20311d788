import type { DesignCore } from './design-core.js';
import { input, type ModuleView, output } from './module.js';
import { peripheryModule } from './periphery.js';
import { clock } from './ports.js';

export function clockGateModule(core: DesignCore): ModuleView {
  const ports = [clock, input('en_i', 1, '1: the next high phase passes'), output('clk_o', 1, 'gated clock')];
  const title = "Clock gate: behavioural model, to be replaced by the technology's cell.";
  return peripheryModule(core, { suffix: 'clock_gate', title, ports, instances: 1, template: 'rtl/clock_gate' });
}
