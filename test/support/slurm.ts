import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** A Slurm of its own with two nodes on this machine. */
export interface Cluster {
  /** By these, programs find it. */
  readonly env: Readonly<Record<string, string>>;
  /** Tasks that it knows, those that ended, too. */
  readonly tasks: () => ClusterTask[];
  /** Kills a node as a loss of power does: its daemon, the daemons of its tasks, and these. */
  readonly killNode: (node: string) => void;
  /** Lets tasks begin again for whose credentials Slurm waits two minutes. */
  readonly hurry: () => void;
  /** Starts it again, and waits until it takes tasks. */
  readonly startNode: (node: string) => Promise<void>;
  readonly stop: () => void;
}

export interface ClusterTask {
  readonly name: string;
  readonly state: string;
  readonly restarts: number;
  readonly nodes: string;
}

export const NODES = ['one', 'two'] as const;

/** Programs of the packages slurm-wlm and munge of Debian. */
const PROGRAMS = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'squeue', 'scancel', 'sinfo', 'scontrol'];

/** Installs Slurm where it is missing, as root; the tests fail where that cannot be. */
function install(): void {
  const missing = PROGRAMS.filter((program) => {
    try {
      execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  if (process.getuid?.() !== 0) throw new Error('tests of Slurm start its daemons, which need root');
  if (missing.length === 0) return;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  execFileSync('apt-get', ['update', '-qq'], { env });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'slurm-wlm', 'munge'], { env });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function configuration(folder: string, [control, ...ports]: readonly number[]): string {
  const nodes = NODES.map(
    (node, i) => `NodeName=${node} NodeAddr=127.0.0.1 NodeHostName=localhost Port=${ports[i]} CPUs=2 RealMemory=1000`,
  );
  return `ClusterName=test
SlurmctldHost=${hostname().split('.')[0]}(127.0.0.1)
SlurmctldPort=${control}
AuthType=auth/munge
AuthInfo=socket=${folder}/munge.socket
CryptoType=crypto/munge
SlurmUser=root
SlurmdUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool-%n
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd-%n.pid
SlurmctldLogFile=${folder}/slurmctld.log
SlurmdLogFile=${folder}/slurmd-%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=1,bf_interval=1
ReturnToService=2
SlurmdTimeout=4
KillWait=2
${nodes.join('\n')}
PartitionName=main Nodes=${NODES.join()} Default=YES MaxTime=INFINITE State=UP
`;
}

/** Processes whose environment has some variables, and what started them. */
function processesWith(variables: readonly string[]): { readonly pid: number; readonly parent: number }[] {
  return readdirSync('/proc').flatMap((name) => {
    try {
      const env = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0');
      if (!variables.every((variable) => env.includes(variable))) return [];
      const [, parent] = /^PPid:\s*(\d+)/m.exec(readFileSync(`/proc/${name}/status`, 'utf8')) ?? [];
      return [{ pid: Number(name), parent: Number(parent) }];
    } catch {
      // No process, or one that has ended.
      return [];
    }
  });
}

const isStepDaemon = (pid: number): boolean => {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'slurmstepd';
  } catch {
    return false;
  }
};

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

/** Starts a cluster in a folder of its own. It ends with the tests, whatever becomes of them. */
export async function startCluster(): Promise<Cluster> {
  install();
  const folder = mkdtempSync(join(tmpdir(), 'ant-rtl-slurm-'));
  const conf = join(folder, 'slurm.conf');
  const env = { SLURM_CONF: conf };
  mkdirSync(join(folder, 'state'));
  writeFileSync(join(folder, 'munge.key'), randomBytes(128), { mode: 0o600 });
  writeFileSync(conf, configuration(folder, await Promise.all([freePort(), freePort(), freePort()])));
  const daemons = new Map<string, ChildProcess>();
  const start = (name: string, program: string, ...args: string[]): void => {
    // It ends with the process that started it.
    const command = ['--pdeathsig', 'KILL', program, ...args];
    daemons.set(name, spawn('setpriv', command, { env: { ...process.env, ...env }, stdio: 'ignore' }));
  };
  const slurm = (program: string, ...args: string[]): string =>
    execFileSync(program, args, {
      env: { ...process.env, ...env },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  const killTasks = (...variables: string[]): void => {
    const tasks = processesWith([`SLURM_CONF=${conf}`, ...variables]).filter(({ pid }) => pid !== process.pid);
    const steps = tasks.map(({ parent }) => parent).filter(isStepDaemon);
    for (const pid of [...steps, ...tasks.map((task) => task.pid)]) kill(pid);
  };
  const stop = (): void => {
    for (const daemon of daemons.values()) daemon.kill('SIGKILL');
    for (const node of NODES) killTasks(`SLURMD_NODENAME=${node}`);
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', stop);
  const startNode = async (node: string): Promise<void> => {
    start(node, 'slurmd', '-D', '-N', node, '-f', conf);
    await until(`node ${node}`, () => /^(idle|mixed|allocated)$/m.test(slurm('sinfo', '-h', '-n', node, '-o', '%T')));
  };
  const socket = join(folder, 'munge.socket');
  start(
    ...['munged', 'munged', '--foreground', '--force', `--key-file=${join(folder, 'munge.key')}`, `--socket=${socket}`],
    ...[`--pid-file=${folder}/munged.pid`, `--log-file=${folder}/munged.log`, `--seed-file=${folder}/munged.seed`],
  );
  await until('munge', () => readdirSync(folder).includes('munge.socket'));
  start('slurmctld', 'slurmctld', '-D', '-f', conf);
  await until('slurmctld', () => slurm('sinfo', '-h') !== '');
  await Promise.all(NODES.map(startNode));
  return {
    env,
    tasks: () => {
      const form = 'Name:80,State:20,RestartCnt:10,NodeList:20';
      const lines = slurm('squeue', '--noheader', '--array', '--states=all', `--Format=${form}`).split('\n');
      return lines.flatMap((line) => {
        const [name, state, restarts, nodes = ''] = line.trim().split(/\s+/);
        return name === undefined || state === undefined ? [] : [{ name, state, restarts: Number(restarts), nodes }];
      });
    },
    killNode(node) {
      daemons.get(node)?.kill('SIGKILL');
      killTasks(`SLURMD_NODENAME=${node}`);
    },
    hurry() {
      const waiting = slurm('squeue', '--noheader', '--array', '--states=PENDING', '--format=%F_%K %r').split('\n');
      for (const line of waiting) {
        const [task = '', reason] = line.trim().split(' ');
        if (reason === 'BeginTime') slurm('scontrol', 'update', `JobId=${task}`, 'StartTime=now');
      }
    },
    startNode,
    stop,
  };
}

/** Waits for what takes seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  for (const end = Date.now() + 120_000; Date.now() < end; await setTimeout(100)) {
    try {
      if (holds()) return;
    } catch {
      // Not there yet.
    }
  }
  throw new Error(`${what} did not come within two minutes`);
}
