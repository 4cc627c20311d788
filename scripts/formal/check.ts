import type { Manifest } from '../../gen/design/manifest.js';
import type { Registers } from './opened.js';

/** Something that holds of a module, always. */
export interface Property {
  /** By which it is reported and allowed; of letters, digits and `_`. */
  readonly name: string;
  /** What it says, for the report. */
  readonly statement: string;
}

/** A module with its properties. */
export interface Check {
  /** The module's name in the design. */
  readonly module: string;
  /** What it is called in reports, where that differs: with the values of its parameters. */
  readonly label?: string;
  /** Verilog files of the design that it needs, below the design's folder. */
  readonly files: readonly string[];
  /** Values of the module's parameters. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Files of modules that the harness has instances of besides. */
  readonly others?: readonly string[];
  /** Whether the harness has an instance of `opened`, the module without its registers, instead (see `Opened`). */
  readonly opens?: boolean;
  /**
   * Verilog of the module `properties` around an instance, or several. Per property it has two outputs: `bad_NAME`, which is never to be
   * 1, and `cover_NAME`, 1 where the property says something. A clock is the input `clk_i`; an input `first_i` is 1 in the first
   * cycle and in no other. Registers hold anything at first. `registers` are those of an opened module.
   */
  readonly harness: (registers: Registers) => string;
  readonly properties: readonly Property[];
}

/** What a module is called in reports. */
export const labelOf = ({ module, label = module }: Pick<Check, 'module' | 'label'>): string => label;

export type ModuleOfDesign = Manifest['modules'][number];

/** A module of a design by the part of its name behind the design's; undefined where the design has none. */
export const moduleNamed = ({ modules, configuration }: Manifest, suffix: string): ModuleOfDesign | undefined =>
  modules.find(({ name }) => name === `${configuration.name}_${suffix}`);

/** The files of a module and of those in it, in compile order. */
export function filesOf({ modules }: Manifest, { name, parts = [] }: ModuleOfDesign): string[] {
  const names = new Set([...parts, name]);
  return modules.filter((module) => names.has(module.name)).map(({ file }) => file);
}

/** Bits of a module's port. @throws Error where it has no such port, or one whose width is a parameter's. */
export function portBits({ name, ports }: ModuleOfDesign, port: string): number {
  const width = ports.find((other) => other.name === port)?.width;
  if (typeof width !== 'number') throw new Error(`${name} has no port ${port} of a fixed width`);
  return width;
}

export const hasPort = ({ ports }: ModuleOfDesign, port: string): boolean => ports.some(({ name }) => name === port);

/** An instance of a module, each port on what is named, or on the net of its own name. */
export function instance({ name, ports }: ModuleOfDesign, others: Readonly<Record<string, string>> = {}): string {
  const connections = ports.map(({ name: port }) => `    .${port}(${others[port] ?? port})`);
  return [`  ${name} dut (`, connections.join(',\n'), '  );'].join('\n');
}

/** The outputs of a harness, in its list of ports. */
export const outcomePorts = (properties: readonly Property[]): string =>
  properties.map(({ name }) => `  output wire bad_${name},\n  output wire cover_${name}`).join(',\n');

/** A declaration's range. */
export const range = (bits: number): string => (bits > 1 ? `[${bits - 1}:0] ` : '');
