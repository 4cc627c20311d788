import type Handlebars from 'handlebars';
import type { ModulePort } from '../module.js';
import { range } from '../verilog.js';

/** `wire [3:0] name`, without a range for one bit. */
export function declaration(kind: string, width: number | string, name: string): string {
  return [kind, range(width), name].filter((part) => part !== '').join(' ');
}

/** The port list of a module, one port a line: direction, range, name and comment aligned. */
export function portList(ports: readonly ModulePort[]): string {
  const ranges = ports.map(({ width }) => range(width));
  const rangeWidth = Math.max(...ranges.map((text) => text.length));
  const nameWidth = Math.max(...ports.map(({ name }) => name.length)) + 1;
  return ports
    .map(({ direction, name, meaning }, i) => {
      const vector = rangeWidth === 0 ? '' : `${(ranges[i] as string).padStart(rangeWidth)} `;
      const comma = `${name}${i < ports.length - 1 ? ',' : ''}`.padEnd(nameWidth);
      return `  ${direction.padEnd(6)} wire ${vector}${comma}  // ${meaning}`;
    })
    .join('\n');
}

/** Named connections of an instance to wires, one a line, the last without a comma. */
export function connections(wires: readonly { readonly port: string; readonly name: string }[]): string {
  return wires.map(({ port, name }) => `    .${port}(${name})`).join(',\n');
}

/** The same for the partial of an instance, which is indented where it stands. */
const wired = (wires: Parameters<typeof connections>[0]): string => connections(wires).replace(/^ {2}/gm, '');

/** `reg [3:0] name_q`, the register of a signal. */
export const registerOf = (width: number, name: string): string => declaration('reg', width, `${name}_q`);

/** The few helpers the templates have. */
export function registerHelpers(engine: typeof Handlebars): void {
  engine.registerHelper({ decl: declaration, reg: registerOf, ports: portList, connections, wired });
}
