import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { lastLines, runTool, type Tool, type ToolRun } from '../../tools/find.js';
import { CELLS, TECHNOLOGY } from './technology.js';

/** The steps of qflow that make a layout: what each writes, its log, and the file without which it failed. */
const STEPS = [
  { name: 'synthesize', what: 'synthesis', log: 'synth', product: 'blif' },
  { name: 'place', what: 'placement', log: 'place', product: 'cel' },
  { name: 'vesta', what: 'timing without wires', log: 'sta', product: 'rtlnopwr.v' },
  { name: 'route', what: 'routing', log: 'route', product: 'def' },
  { name: 'backanno', what: 'timing with wires', log: 'post_sta', product: 'spef' },
  { name: 'migrate', what: 'extraction', log: 'migrate', product: 'spice' },
  { name: 'gdsii', what: 'GDS', log: 'gdsii', product: 'gds' },
  { name: 'lvs', what: 'layout against netlist', log: 'lvs', product: 'spice', finds: true },
] as const satisfies readonly QflowStep[];

interface QflowStep {
  readonly name: string;
  readonly what: string;
  readonly log: string;
  readonly product: string;
  /** Whether it ends with an exit code of its own where it finds something. */
  readonly finds?: boolean;
}

export type LogName = (typeof STEPS)[number]['log'];

/** What qflow left in a folder. */
export interface QflowRun {
  /** The text of a file of the module, by its ending. */
  readonly file: (ending: string) => Buffer;
  readonly logs: Readonly<Record<LogName, string>>;
  readonly seconds: Readonly<Record<string, number>>;
  /** What magic says of design rules. */
  readonly violations: string;
}

/**
 * Runs all of qflow on a module, from its Verilog to GDS.
 *
 * @param source Verilog of the module and of all below it.
 * @param scratch An empty folder for all that qflow writes.
 * @throws UserError (exit code 3) naming the step that failed, with the end of its log.
 */
export async function runQflow(
  { qflow, module, source, scratch }: { qflow: Tool; module: string; source: string; scratch: string },
  progress: (done: number, all: number, what: string) => void,
): Promise<QflowRun> {
  mkdirSync(join(scratch, 'source'));
  writeFileSync(join(scratch, 'source', `${module}.v`), source);
  const logs: Partial<Record<LogName, string>> = {};
  const seconds: Record<string, number> = {};
  for (const [i, step] of (STEPS as readonly (QflowStep & { log: LogName })[]).entries()) {
    progress(i + 1, STEPS.length + 1, `${module}: ${step.what}`);
    const log = join(scratch, 'log', `${step.log}.log`);
    const run = await runTool(qflow, [step.name, '-T', TECHNOLOGY, module], { cwd: scratch, okCodes: [0, 1] });
    seconds[step.what] = run.seconds;
    logs[step.log] = existsSync(log) ? readFileSync(log, 'utf8') : run.log;
    const isThere = existsSync(join(scratch, `${module}.${step.product}`));
    if (!isThere || (run.exitCode !== 0 && !step.finds)) {
      const end = lastLines(logs[step.log] ?? '', 15).replace(/^/gm, '  ');
      throw new UserError(`qflow ${step.name} of ${module} failed; the end of its log:\n${end}`, EXIT.toolBroken);
    }
  }
  progress(STEPS.length + 1, STEPS.length + 1, `${module}: design rules`);
  const { log: violations, seconds: checking } = await checkRules(module, scratch);
  return {
    file: (ending) => readFileSync(join(scratch, `${module}.${ending}`)),
    logs: logs as Record<LogName, string>,
    seconds: { ...seconds, 'design rules': checking },
    violations,
  };
}

/** Where Debian's qflow has the tools that it runs. */
const MAGIC = { name: 'magic', path: '/usr/lib/qflow/bin/magic' };

/** Checks the design rules as qflow does, and has magic say which ones are broken. */
async function checkRules(module: string, scratch: string): Promise<ToolRun> {
  const script = [
    `lef read ${CELLS}`,
    ...[`load ${module}`, 'drc on', 'select top cell', 'expand', 'drc check', 'drc catchup'],
    'puts stdout "drc = [drc list count total]"',
    'foreach {rule boxes} [drc listall why] { puts stdout "broken rule: $rule: [llength $boxes]" }',
    'quit',
  ];
  writeFileSync(join(scratch, 'rules.tcl'), `${script.join('\n')}\n`);
  return runTool(MAGIC, ['-dnull', '-noconsole', 'rules.tcl'], { cwd: scratch });
}
