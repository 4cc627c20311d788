import { execa } from 'execa';
import { EXIT, UserError } from '../../../gen/base/errors.js';
import { DATA_ADVICE, hasData } from '../data.js';
import { findProgram, TOOL_NAMES, type ToolName, type ToolStatus, toolProblem, toolStatus } from '../find.js';
import { describeTools, lackingTools, type Machine, type PackageManager, planSetup } from './plan.js';

/** The program each package manager is known by. */
const MANAGER_PROGRAMS: Readonly<Record<PackageManager, string>> = {
  apt: 'apt-get',
  dnf: 'dnf',
  pacman: 'pacman',
  brew: 'brew',
};

/** Looks at this machine. */
export async function inspectMachine(env: NodeJS.ProcessEnv = process.env): Promise<Machine> {
  const statuses = await Promise.all(
    TOOL_NAMES.map(async (name): Promise<[ToolName, ToolStatus]> => [name, await toolStatus(name, env)]),
  );
  return {
    tools: Object.fromEntries(statuses) as Record<ToolName, ToolStatus>,
    data: hasData(env),
    managers: (Object.keys(MANAGER_PROGRAMS) as PackageManager[]).filter(
      (manager) => findProgram(MANAGER_PROGRAMS[manager], env) !== undefined,
    ),
    isRoot: process.getuid?.() === 0,
    hasSudo: findProgram('sudo', env) !== undefined,
  };
}

export interface SetupOptions {
  readonly dryRun: boolean;
  readonly print: (text: string) => void;
}

/**
 * Installs what is missing, after saying how.
 *
 * @throws UserError (exit code 3) when a tool is missing and cannot be installed here, or installing it fails.
 */
export async function setUp({ dryRun, print }: SetupOptions): Promise<void> {
  const machine = await inspectMachine();
  print(describeTools(machine).join('\n'));
  const plan = planSetup(machine);
  switch (plan.action) {
    case 'nothing':
      print(machine.data ? 'Everything is present: nothing to do.' : 'All tools are present: nothing to install.');
      return;
    case 'advise': {
      const advice = `${lackingTools(machine).join(', ')} cannot be installed: ${plan.reason}. Run\n  ${plan.advice.join('\nor\n  ')}`;
      if (plan.without === undefined) throw new UserError(advice, EXIT.toolBroken);
      print(`${advice}\nor do without: all else works, but ${plan.without.join(', ')}.`);
      return;
    }
    case 'install':
      print(`${dryRun ? 'Would run' : 'About to run'}:\n${plan.commands.map((c) => `  ${c.join(' ')}`).join('\n')}`);
      if (dryRun) return;
      for (const command of plan.commands) await runVisibly(command);
      await checkInstalled(print);
  }
}

/** Runs a command with its output on the terminal. */
async function runVisibly([program = '', ...args]: readonly string[]): Promise<void> {
  const result = await execa(program, args, {
    stdin: 'inherit',
    stdout: 'inherit',
    stderr: 'inherit',
    reject: false,
    env: { DEBIAN_FRONTEND: 'noninteractive' },
  });
  if (result.failed) {
    throw new UserError(`${result.shortMessage ?? `${program} failed`}; its messages are above`, EXIT.toolBroken);
  }
}

/** The package manager may offer only old versions. */
async function checkInstalled(print: (text: string) => void): Promise<void> {
  const machine = await inspectMachine();
  const lacking = lackingTools(machine);
  if (lacking.length > 0) {
    const problems = lacking.map((name) => `  ${toolProblem(name, machine.tools[name])}`).join('\n');
    throw new UserError(
      `installed, but not as needed; this release of the system may be too old:\n${problems}`,
      EXIT.toolBroken,
    );
  }
  print(machine.data ? 'Everything is installed.' : `All tools are installed; ${DATA_ADVICE}.`);
}
