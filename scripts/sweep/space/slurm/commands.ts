import { execa } from 'execa';
import { EXIT, UserError } from '../../../../gen/base/errors.js';

/** What a task of a cluster may take, and where it runs. */
export interface SlurmOptions {
  /** Slurm's own default without. */
  readonly partition: string | undefined;
  /** Tasks that run at a time, at most. */
  readonly limit: number;
  /** Of a measurement; the partition's default without. */
  readonly minutes: number | undefined;
  /** Of a measurement, in MB; the partition's default without. */
  readonly megabytes: number | undefined;
}

/** An array of tasks. */
export interface ArrayRequest {
  readonly name: string;
  readonly tasks: number;
  readonly options: SlurmOptions;
  /** Where tasks begin. */
  readonly folder: string;
  /** A file for what a task says; `%a` is its number. */
  readonly log: string;
  /** The command of a task, which finds its number in SLURM_ARRAY_TASK_ID. */
  readonly command: readonly string[];
  /** An array that must end before this one begins. */
  readonly after: string | undefined;
}

/** How a task of an array stands, in Slurm's word. */
export interface TaskState {
  readonly name: string;
  readonly index: number;
  readonly state: string;
}

/** After this time without an answer, Slurm counts as gone, in milliseconds. */
const PATIENCE = 60_000;

/** Runs a command of Slurm. @throws UserError (exit code 3) that names it where it is missing, refuses or does not answer. */
async function slurm(program: string, args: readonly string[], input?: string): Promise<string> {
  const { stdout, stderr, failed, timedOut, code, exitCode } = await execa(program, args, {
    ...(input === undefined ? { stdin: 'ignore' } : { input }),
    ...{ reject: false, timeout: PATIENCE },
  });
  if (!failed) return stdout;
  const text = stderr.trim();
  const why =
    code === 'ENOENT'
      ? 'is not on the search path: --slurm needs the commands of Slurm'
      : timedOut
        ? `did not answer within ${PATIENCE / 1000} s`
        : `failed${exitCode === undefined ? '' : ` with exit code ${exitCode}`}${text === '' ? '' : `: ${text}`}`;
  throw new UserError(`Slurm: ${program} ${why}`, EXIT.toolBroken);
}

/**
 * Submits an array of tasks, which are begun again where a node is lost.
 *
 * @returns Its number.
 * @throws UserError where Slurm refuses.
 */
export async function submitArray(request: ArrayRequest): Promise<string> {
  const { name, tasks, options, folder, log, command, after } = request;
  const { partition, limit, minutes, megabytes } = options;
  const args = [
    ...['--parsable', '--requeue', `--job-name=${name}`, `--array=0-${tasks - 1}%${limit}`],
    ...[`--chdir=${folder}`, `--output=${log}`, '--open-mode=append', '--nodes=1', '--ntasks=1'],
    ...(after === undefined ? [] : [`--dependency=afterany:${after}`]),
    ...(partition === undefined ? [] : [`--partition=${partition}`]),
    ...(minutes === undefined ? [] : [`--time=${minutes}`]),
    ...(megabytes === undefined ? [] : [`--mem=${megabytes}M`]),
  ];
  const script = `#!/bin/sh\nexec ${command.map(quoted).join(' ')}\n`;
  const [id = ''] = (await slurm('sbatch', args, script)).trim().split(';');
  return id;
}

const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

/** Tasks of some arrays, those that ended a short time ago, too. @throws UserError where Slurm does not answer. */
export async function tasksOf(names: readonly string[]): Promise<TaskState[]> {
  if (names.length === 0) return [];
  const format = '%j %K %T';
  const text = await slurm('squeue', [
    '--noheader',
    '--array',
    '--states=all',
    `--name=${names.join()}`,
    `--format=${format}`,
  ]);
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [name = '', index, state = ''] = line.trim().split(/\s+/);
      return { name, index: Number(index), state };
    });
}

/** Cancels arrays, or of them what has not begun. @throws UserError where Slurm does not answer. */
export async function cancelArrays(names: readonly string[], which: 'all' | 'waiting'): Promise<void> {
  const state = which === 'waiting' ? ['--state=PENDING'] : [];
  for (const name of names) await slurm('scancel', [...state, `--name=${name}`]);
}

/** How many tasks an array may have. @throws UserError where Slurm does not answer. */
export async function mostTasks(): Promise<number> {
  const text = await slurm('scontrol', ['show', 'config']);
  return Number(/^MaxArraySize\s*=\s*(\d+)/m.exec(text)?.[1] ?? 1001);
}

/** Words of Slurm for a task that has ended. */
const ENDED = [
  'BOOT_FAIL',
  'CANCELLED',
  'COMPLETED',
  'DEADLINE',
  'FAILED',
  'NODE_FAIL',
  'OUT_OF_MEMORY',
  'REVOKED',
  'TIMEOUT',
];

export const hasEnded = ({ state }: TaskState): boolean => ENDED.includes(state);
