import type { ModulePort } from '../../rtl/module.js';
import { declaration } from '../../rtl/render/helpers.js';

/** The signal that the template connects to a port: its name without the suffix of its direction. */
const signalOf = (port: string): string => port.replace(/_n[io]$/, '_n').replace(/_[io]$/, '');

/** Verilog that declares a signal for every port of a module, and an instance connected to them. */
export function instantiation(top: string, ports: readonly ModulePort[]): string[] {
  const declarations = ports.map(({ direction, name, width }) => {
    if (typeof width !== 'number') throw new Error(`port ${name} of ${top} has no width in bits`);
    return `${declaration(direction === 'input' ? 'reg' : 'wire', width, signalOf(name))};`;
  });
  const room = Math.max(...declarations.map((text) => text.length));
  const widest = Math.max(...ports.map(({ name }) => name.length));
  return [
    ...declarations.map((text, i) => `${text.padEnd(room)}  // ${ports[i]?.meaning}`),
    '',
    `${top} u_${top} (`,
    ...ports.map(({ name }, i) => `  .${name.padEnd(widest)}(${signalOf(name)})${i < ports.length - 1 ? ',' : ''}`),
    ');',
  ];
}
