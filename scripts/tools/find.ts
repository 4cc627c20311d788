import { accessSync, constants, statSync } from 'node:fs';
import { constants as system } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { execa } from 'execa';
import { EXIT, UserError } from '../../gen/base/errors.js';
import { compareVersions } from './version.js';

/** How a tool is found and how it tells its version. */
interface ToolDescription {
  /** What it is called in messages. */
  readonly title: string;
  /** Names of the program, the preferred one first. */
  readonly programs: readonly string[];
  readonly versionArguments: readonly string[];
  readonly versionPattern: RegExp;
  /** Oldest version that serves. */
  readonly minimum: string;
}

/** The tools the project runs. */
export const TOOLS = {
  verilator: {
    title: 'Verilator',
    programs: ['verilator'],
    versionArguments: ['--version'],
    versionPattern: /Verilator (\d+\.\d+)/,
    minimum: '5.006',
  },
  yosys: {
    title: 'Yosys',
    programs: ['yosys'],
    versionArguments: ['-V'],
    versionPattern: /Yosys v?(\d+\.\d+)/,
    minimum: '0.23',
  },
  iverilog: {
    title: 'Icarus Verilog',
    programs: ['iverilog'],
    versionArguments: ['-V'],
    versionPattern: /Icarus Verilog version (\d+\.\d+)/,
    minimum: '11',
  },
  'c++': {
    title: 'C++ compiler',
    programs: ['g++', 'clang++', 'c++'],
    versionArguments: ['-dumpfullversion', '-dumpversion'],
    versionPattern: /^(\d+(?:\.\d+)*)$/m,
    minimum: '10',
  },
  cc: {
    title: 'C compiler',
    programs: ['gcc', 'clang', 'cc'],
    versionArguments: ['-dumpfullversion', '-dumpversion'],
    versionPattern: /^(\d+(?:\.\d+)*)$/m,
    minimum: '10',
  },
  make: {
    title: 'GNU make',
    programs: ['make', 'gmake'],
    versionArguments: ['--version'],
    versionPattern: /GNU Make (\d+\.\d+)/,
    minimum: '3.81',
  },
  ccache: {
    title: 'ccache',
    programs: ['ccache'],
    versionArguments: ['--version'],
    versionPattern: /ccache version (\d+\.\d+)/,
    minimum: '3.0',
  },
  nextpnr: {
    title: 'nextpnr for iCE40',
    programs: ['nextpnr-ice40'],
    versionArguments: ['--version'],
    versionPattern: /\(Version (?:nextpnr-)?(\d+\.\d+)/,
    minimum: '0.4',
  },
  icepack: {
    title: 'icepack of IceStorm',
    programs: ['icepack'],
    // It tells no version: the help shows that it runs.
    versionArguments: ['-h'],
    versionPattern: /Usage: \S*icepack()/,
    minimum: '0',
  },
  opensta: {
    title: 'OpenSTA',
    programs: ['sta', 'opensta'],
    versionArguments: ['-version'],
    versionPattern: /^(\d+\.\d+\.\d+)\b/m,
    minimum: '2.0.17',
  },
  chromium: {
    title: 'Chromium',
    programs: ['chromium', 'chromium-browser', 'google-chrome'],
    versionArguments: ['--version'],
    versionPattern: /(?:Chromium|Google Chrome) (\d+\.\d+)/,
    minimum: '120.0',
  },
  qflow: {
    title: 'qflow',
    programs: ['qflow'],
    versionArguments: ['--version'],
    versionPattern: /Qflow version (\d+\.\d+)/,
    minimum: '1.3',
  },
} as const satisfies Record<string, ToolDescription>;

export type ToolName = keyof typeof TOOLS;

export const TOOL_NAMES = Object.keys(TOOLS) as ToolName[];

/** A program that can be run; `name` is how messages call it. */
export interface Program {
  readonly name: string;
  readonly path: string;
}

/** A tool of this machine that is new enough. */
export interface Tool extends Program {
  readonly version: string;
}

/** What a search for a tool found. */
export type ToolStatus =
  | { readonly state: 'missing' }
  | { readonly state: 'broken'; readonly path: string; readonly reason: string }
  | { readonly state: 'old'; readonly path: string; readonly version: string }
  | { readonly state: 'ready'; readonly path: string; readonly version: string };

/** Searches a tool on the search path and asks it for its version. */
export async function toolStatus(name: ToolName, env: NodeJS.ProcessEnv = process.env): Promise<ToolStatus> {
  const tool: ToolDescription = TOOLS[name];
  const path = tool.programs.map((program) => findProgram(program, env)).find((found) => found !== undefined);
  if (path === undefined) return { state: 'missing' };
  const { all, exitCode } = await execa(path, tool.versionArguments, {
    env,
    extendEnv: false,
    all: true,
    reject: false,
    timeout: 30_000,
  });
  const version = tool.versionPattern.exec(all)?.[1];
  if (version === undefined) {
    const answer = all.trim() === '' ? 'nothing' : lastLines(all, 3);
    return {
      state: 'broken',
      path,
      reason: `its version query ended with code ${exitCode ?? 'none'} and printed: ${answer}`,
    };
  }
  return { state: compareVersions(version, tool.minimum) < 0 ? 'old' : 'ready', path, version };
}

/** The path of a program, searched like a shell does. */
export function findProgram(program: string, env: NodeJS.ProcessEnv = process.env): string | undefined {
  const places = program.includes('/') ? [''] : (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return places.map((folder) => (folder === '' ? resolve(program) : join(folder, program))).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** What is wrong with a tool, in one sentence; undefined where nothing is. */
export function toolProblem(name: ToolName, status: ToolStatus): string | undefined {
  const { title, minimum, programs }: ToolDescription = TOOLS[name];
  switch (status.state) {
    case 'ready':
      return undefined;
    case 'missing':
      return `${title} is missing: no ${programs.join(' or ')} on the search path; version ${minimum} or newer is needed`;
    case 'old':
      return `${title} is too old: ${status.path} is version ${status.version}, and ${minimum} or newer is needed`;
    case 'broken':
      return `${title} does not work: ${status.path}, ${status.reason}`;
  }
}

/**
 * A tool that is present and new enough.
 *
 * @throws UserError (exit code 3) that says what was found and how to install the tool.
 */
export async function requireTool(name: ToolName, env: NodeJS.ProcessEnv = process.env): Promise<Tool> {
  const status = await toolStatus(name, env);
  if (status.state === 'ready') return { name, path: status.path, version: status.version };
  throw new UserError(
    `${toolProblem(name, status)}\ninstall it with npm run setup (npm run setup -- --dry-run shows how)`,
    EXIT.toolBroken,
  );
}

/** A tool that is present and new enough, or undefined: for tools the project can do without. */
export async function findTool(name: ToolName, env: NodeJS.ProcessEnv = process.env): Promise<Tool | undefined> {
  const status = await toolStatus(name, env);
  return status.state === 'ready' ? { name, path: status.path, version: status.version } : undefined;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Milliseconds after which the program is ended; none without. */
  readonly timeout?: number;
  /** Added to this process's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text for the program's standard input. */
  readonly input?: string;
  /** Exit codes that are not failures; that of a program that a signal ends is 128 and the signal's number. */
  readonly okCodes?: readonly number[];
  /** Called with each line of standard output as it comes. */
  readonly onLine?: (line: string) => void;
}

export interface ToolRun {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Both, interleaved. */
  readonly log: string;
  readonly seconds: number;
}

/**
 * Runs a program to its end.
 *
 * @throws UserError (exit code 3) with the command and the tail of its log when it cannot start, ends with another code
 * than `okCodes`, is killed or takes too long.
 */
export async function runTool(program: Program, args: readonly string[], options: RunOptions = {}): Promise<ToolRun> {
  const { cwd, timeout, env, input, okCodes = [0], onLine } = options;
  const watch = onLine && {
    stdout: function* (line: unknown) {
      onLine(String(line));
      yield line;
    },
  };
  const result = await execa(program.path, args, {
    all: true,
    reject: false,
    ...(cwd === undefined ? {} : { cwd }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(env === undefined ? {} : { env }),
    ...(input === undefined ? { stdin: 'ignore' as const } : { input }),
    ...watch,
  });
  const log = String(result.all ?? '');
  const exitCode = result.exitCode ?? (result.signal === undefined ? -1 : 128 + system.signals[result.signal]);
  if (!okCodes.includes(exitCode) || result.timedOut || result.isMaxBuffer) {
    throw toolFailure(program.name, failureOf(result, timeout), log, result.escapedCommand);
  }
  return {
    exitCode,
    stdout: String(result.stdout ?? ''),
    stderr: String(result.stderr ?? ''),
    log,
    seconds: result.durationMs / 1000,
  };
}

/** What execa tells of a run that failed. */
interface Failure {
  readonly timedOut: boolean;
  readonly isMaxBuffer: boolean;
  readonly signal?: string | undefined;
  readonly exitCode?: number | undefined;
  readonly shortMessage?: string | undefined;
  readonly originalMessage?: string | undefined;
}

function failureOf(result: Failure, timeout?: number): string {
  if (result.timedOut) return `did not end within ${(timeout ?? 0) / 1000} s`;
  if (result.isMaxBuffer) return 'printed more than fits in memory';
  if (result.signal) return `was killed by ${result.signal}`;
  if (result.exitCode !== undefined) return `ended with exit code ${result.exitCode}`;
  return `could not be started: ${result.originalMessage ?? result.shortMessage ?? 'unknown reason'}`;
}

/** The error for a tool that died: what happened, its command and the tail of its log. */
export function toolFailure(name: string, what: string, log: string, command: string): UserError {
  const tail = log.trim() === '' ? '  (it printed nothing)' : lastLines(log, 20).replace(/^/gm, '  ');
  return new UserError(`${name} ${what}: ${shorten(command)}\nend of its log:\n${tail}`, EXIT.toolBroken);
}

const LONGEST_COMMAND = 400;

function shorten(command: string): string {
  return command.length <= LONGEST_COMMAND ? command : `${command.slice(0, LONGEST_COMMAND)} ...`;
}

export function lastLines(text: string, count: number): string {
  return text.trimEnd().split('\n').slice(-count).join('\n');
}
