import { netlistModule } from '../netlist.js';
import type { AreaItem } from '../plan.js';

/**
 * The text of a module of which instances with one set of parameters are a netlist and all others the RTL, for simulation.
 *
 * @param rtl The module's own text, as this project generates it.
 * @param netlist The module of the netlist, by the netlist's name.
 * @returns undefined where the text does not read as expected.
 */
export function wrapper(
  rtl: string,
  netlist: string,
  item: Pick<AreaItem, 'module' | 'parameters'>,
): string | undefined {
  const { module, parameters } = item;
  const head = new RegExp(`^module ${module} #\\(\\n[\\s\\S]*?^\\) \\(\\n([\\s\\S]*?)^\\);$`, 'm').exec(rtl);
  const ports = [...(head?.[1] ?? '').matchAll(/^ +(?:input|output) +\w+ +(?:\[.*?\] *)?(\w+),? *(?:\/\/.*)?$/gm)];
  const lines = (head?.[1] ?? '').split('\n').filter((line) => line.trim() !== '');
  if (head === null || ports.length === 0 || ports.length !== lines.length) return undefined;
  const connections = ports.map(([, port]) => `.${port}(${port})`).join(', ');
  const names = Object.keys(parameters);
  const isMeant = Object.entries(parameters).map(([name, value]) => `${name} == ${value}`);
  return [
    netlist,
    rtl.replace(head[0], head[0].replace(`module ${module} `, `module ${module}_rtl `)),
    head[0],
    '  generate',
    `    if (${isMeant.join(' && ')}) begin : g_netlist`,
    `      ${netlistModule(item)} u_netlist (${connections});`,
    '    end else begin : g_rtl',
    `      ${module}_rtl #(${names.map((name) => `.${name}(${name})`).join(', ')}) u_rtl (${connections});`,
    '    end',
    '  endgenerate',
    'endmodule',
    '',
  ].join('\n');
}
