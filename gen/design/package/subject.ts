import type { ClockGate } from '../../rtl/clock-gate.js';
import type { EngineMemory } from '../../rtl/engine/memories.js';
import type { ModuleView } from '../../rtl/module.js';
import type { Identity } from '../../rtl/render/identity.js';
import type { Constrained } from '../constraints.js';
import type { RenderedFile } from '../rendered-file.js';
import type { CocotbBench } from './cocotb-bench.js';

/** What packages are made of: a design of any kind. */
export interface PackageSubject {
  readonly name: string;
  /** What it is, in a few words. */
  readonly title: string;
  /** With the command that writes the design with its packages. */
  readonly identity: Identity;
  readonly top: ModuleView;
  /** In compile order. */
  readonly modules: readonly ModuleView[];
  readonly clockGate: ClockGate | null;
  readonly memories: readonly EngineMemory[];
  readonly constrained: Constrained;
  /** The files of the stand-alone test bench: its Verilog and what it reads. */
  readonly bench: readonly RenderedFile[];
  readonly cocotb: () => CocotbBench;
}

export const verilogFiles = ({ modules }: Pick<PackageSubject, 'modules'>): string[] => modules.map(({ file }) => file);

/** The test bench: its module, its Verilog, and the files that it reads. */
export function benchFiles({ name, bench }: Pick<PackageSubject, 'name' | 'bench'>) {
  const paths = bench.map(({ path }) => path);
  return {
    top: `${name}_tb`,
    verilog: paths.filter((path) => path.endsWith('.v')),
    data: paths.filter((path) => !path.endsWith('.v')),
  };
}

/** The files of the test bench among those of a design. */
export const benchIn = (files: readonly RenderedFile[]): RenderedFile[] =>
  files.filter(({ path }) => path.startsWith('tb/'));
