import type { Manifest } from '../../../gen/design/manifest.js';
import { requireTool, runTool, type Tool } from '../../tools/find.js';

/** The front ends that generated Verilog must pass without a word. */
export interface FrontEnds {
  readonly verilator: Tool;
  readonly iverilog: Tool;
  readonly yosys: Tool;
}

/** @throws UserError (exit code 3) when one is missing or too old. */
export async function findFrontEnds(): Promise<FrontEnds> {
  const [verilator, iverilog, yosys] = await Promise.all([
    requireTool('verilator'),
    requireTool('iverilog'),
    requireTool('yosys'),
  ]);
  return { verilator, iverilog, yosys };
}

/** What front ends need to know of a design. */
export type Linted = Pick<Manifest, 'compileOrder' | 'top'> & {
  /** Engines have no clock gate. */
  readonly configuration: { readonly name: string; readonly clockGate?: string };
};

/** The script by which Yosys checks a design, with its black boxes of AMD's primitives where the design has one. */
export function yosysCheck({ configuration, compileOrder, top }: Linted): string {
  const primitives = configuration.clockGate === 'bufgce' ? 'read_verilog -lib +/xilinx/cells_xtra.v; ' : '';
  return `${primitives}read_verilog ${compileOrder.join(' ')}; hierarchy -check -top ${top}; proc; check -assert`;
}

/** What a front end says of a design, warnings included; undefined where all are silent. */
export async function lintDesign(folder: string, manifest: Linted, tools: FrontEnds): Promise<string | undefined> {
  const { top, compileOrder } = manifest;
  const files = ['--top-module', top, ...compileOrder];
  const verilator = await runTool(tools.verilator, ['--lint-only', '-Wall', ...files], {
    cwd: folder,
    okCodes: [0, 1],
  });
  if (verilator.log !== '') return `verilator -Wall: ${verilator.log}`;
  const icarus = await runTool(
    tools.iverilog,
    ['-g2005', '-Wall', '-o', '/dev/null', '-s', top, ...compileOrder],
    // The exit code is the number of errors.
    { cwd: folder, okCodes: Array.from({ length: 128 }, (_, code) => code) },
  );
  if (icarus.log !== '' || icarus.exitCode !== 0) return `iverilog -g2005 -Wall: ${icarus.log}`;
  const yosys = await runTool(tools.yosys, ['-p', yosysCheck(manifest)], { cwd: folder, okCodes: [0, 1] });
  const complaints = yosys.log.split('\n').filter((line) => /\b(warning|error):/i.test(line));
  if (yosys.exitCode !== 0 || complaints.length > 0) return `yosys: ${complaints.join('\n')}`;
  return undefined;
}
