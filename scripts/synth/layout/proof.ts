import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runTool, type Tool } from '../../tools/find.js';

/** Whether a netlist was proved equal to its RTL; `unknown` where the proof did not end in time. */
export type Proof = 'proved' | 'unknown';

/** Milliseconds that a proof may take. */
const LIMIT = 180_000;

/**
 * Proves the netlist in a layout, with the buffers that were put in, equal to its RTL, by induction over its registers.
 *
 * @param netlist Verilog of cells.
 * @param scratch A folder for the script and the files that it reads.
 */
export async function proveNetlist(
  yosys: Tool,
  {
    module,
    source,
    netlist,
    liberty,
    scratch,
  }: Readonly<Record<'module' | 'source' | 'netlist' | 'liberty' | 'scratch', string>>,
): Promise<Proof> {
  writeFileSync(join(scratch, 'rtl.v'), source);
  writeFileSync(join(scratch, 'netlist.v'), netlist);
  const prepared = (name: string): string[] => [
    `hierarchy -top ${module}`,
    ...['proc', 'flatten', 'memory', 'opt -full', 'clean'],
    // Bits of registers have the names that synthesis gave them.
    'splitnets -format __',
    ...[`rename ${module} ${name}`, `design -stash ${name}`],
  ];
  const script = [
    `read_liberty -ignore_miss_func -ignore_miss_dir ${liberty}`,
    ...['read_verilog netlist.v', ...prepared('gate')],
    ...['read_verilog rtl.v', ...prepared('gold')],
    ...['design -copy-from gold gold', 'design -copy-from gate gate', 'equiv_make gold gate equiv'],
    ...['hierarchy -top equiv', 'async2sync', 'equiv_simple -undef', 'equiv_struct', 'equiv_induct -undef -seq 6'],
    'equiv_status -assert',
  ];
  writeFileSync(join(scratch, 'prove.ys'), `${script.join('\n')}\n`);
  try {
    const { exitCode, log } = await runTool(yosys, ['prove.ys'], { cwd: scratch, timeout: LIMIT, okCodes: [0, 1] });
    return exitCode === 0 && log.includes('Equivalence successfully proven!') ? 'proved' : 'unknown';
  } catch {
    return 'unknown';
  }
}
