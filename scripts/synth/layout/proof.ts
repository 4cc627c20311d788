import type { Yosys } from '../../tools/yosys/interface.js';
import { runYosys } from '../../tools/yosys/yosys.js';

/** Whether a netlist was proved equal to its RTL; `undecided` where the proof did not end in time or found no answer. */
export type Proof = 'proved' | 'undecided';

/** CPU time that a proof may take. */
const CPU_SECONDS = 180;

/**
 * Proves the netlist in a layout, with the buffers that were put in, equal to its RTL, by induction over its registers.
 *
 * @param netlist Verilog of cells.
 * @param liberty Text of their Liberty file.
 * @throws UserError (exit code 3) where Yosys breaks.
 */
export async function proveNetlist(
  yosys: Yosys,
  { module, source, netlist, liberty }: Readonly<Record<'module' | 'source' | 'netlist' | 'liberty', string>>,
): Promise<Proof> {
  const prepared = (name: string): string[] => [
    `hierarchy -top ${module}`,
    ...['proc', 'flatten', 'memory', 'opt -full', 'clean'],
    // Bits of registers have the names that synthesis gave them.
    'splitnets -format __',
    ...[`rename ${module} ${name}`, `design -stash ${name}`],
  ];
  const script = [
    'read_liberty -ignore_miss_func -ignore_miss_dir cells.lib',
    ...['read_verilog netlist.v', ...prepared('gate')],
    ...['read_verilog rtl.v', ...prepared('gold')],
    ...['design -copy-from gold gold', 'design -copy-from gate gate', 'equiv_make gold gate equiv'],
    ...['hierarchy -top equiv', 'async2sync', 'equiv_simple -undef', 'equiv_struct', 'equiv_induct -undef -seq 6'],
    'equiv_status',
  ];
  const { log } = await runYosys(yosys, {
    title: `the proof of ${module}'s netlist`,
    script: `${script.join('\n')}\n`,
    inputs: { 'rtl.v': source, 'netlist.v': netlist, 'cells.lib': liberty },
    outputs: [],
    cpuSeconds: CPU_SECONDS,
  });
  return log.includes('Equivalence successfully proven!') ? 'proved' : 'undecided';
}
