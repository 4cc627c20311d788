import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { makeFolder } from '../../../gen/base/folder.js';
import { findProgram, requireTool, runTool, type Tool } from '../find.js';
import { inScratch } from '../scratch.js';
import type { Yosys } from './interface.js';

const SCRIPT = 'script.ys';
const LOG = 'yosys.log';

/** Exit codes of a process that used up its CPU time: 128 and the number of the signal, KILL or XCPU. */
export const OUT_OF_TIME: readonly number[] = [137, 152];

/** Runs a command with a limit of CPU time for each of its processes. */
const LIMITED = 'ulimit -t "$0" && exec "$@"';

/** The Yosys of the search path. @throws UserError (exit code 3) when it is missing or too old. */
export async function nativeYosys(env: NodeJS.ProcessEnv): Promise<Yosys> {
  const tool = await requireTool('yosys', env);
  return {
    identity: { name: 'Yosys', version: tool.version, build: 'native' },
    fingerprint: await fingerprintOf(tool, env),
    async execute(script, inputs, wanted, { cpuSeconds } = {}) {
      return inScratch('yosys', async (folder) => {
        for (const [path, text] of Object.entries({ ...inputs, [SCRIPT]: script })) {
          makeFolder(dirname(join(folder, path)));
          writeFileSync(join(folder, path), text);
        }
        const args = ['-q', '-l', LOG, '-s', SCRIPT];
        // What ABC leaves when it is stopped goes with the folder.
        const options = { cwd: folder, env: { TMPDIR: folder } };
        const run = await (cpuSeconds === undefined
          ? runTool(tool, args, { ...options, okCodes: [0, 1] })
          : runTool({ name: tool.name, path: 'sh' }, ['-c', LIMITED, String(cpuSeconds), tool.path, ...args], {
              ...options,
              okCodes: [0, 1, ...OUT_OF_TIME],
            }));
        const read = (file: string): string => readFileSync(join(folder, file), 'utf8');
        const written = wanted.filter((file) => existsSync(join(folder, file)));
        return {
          exitCode: run.exitCode,
          log: existsSync(join(folder, LOG)) ? read(LOG) : run.log,
          files: Object.fromEntries(written.map((file) => [file, read(file)])),
        };
      });
    },
  };
}

/** What the program says of its build, and the sizes and times of its file and of ABC's, which is a program of its own. */
async function fingerprintOf(tool: Tool, env: NodeJS.ProcessEnv): Promise<string> {
  const { stdout } = await runTool(tool, ['-V']);
  const files = [tool.path, findProgram(join(dirname(tool.path), 'yosys-abc'), env)].map((path) => {
    if (path === undefined) return 'none';
    const { size, mtimeMs } = statSync(path);
    return `${size} bytes of ${mtimeMs}`;
  });
  return [stdout, ...files].join('; ');
}
