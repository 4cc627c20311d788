import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../../../gen/base/errors.js';

/** Environment variable that forces the native program (`native`) or the WebAssembly build (`wasm`). */
export const YOSYS_VARIABLE = 'ANT_RTL_YOSYS';

/** Environment variable that has results kept: `on`, or the full path of a folder for them. */
export const STORE_VARIABLE = 'ANT_RTL_YOSYS_CACHE';

/** What the programs that run Yosys say of both in `--help`. */
export const YOSYS_HELP = [
  'In the environment:',
  `  ${YOSYS_VARIABLE}=native or wasm forces the installed Yosys or the WebAssembly build of npm`,
  `  ${STORE_VARIABLE}=on, or a folder's full path, keeps results of Yosys: what is asked again is not run again`,
].join('\n');

/** The build that is asked for; without, whatever is there. @throws UserError where the variable names another. */
export function wantedBuild(env: NodeJS.ProcessEnv): 'native' | 'wasm' | undefined {
  const wanted = env[YOSYS_VARIABLE] ?? '';
  if (wanted === '') return undefined;
  if (wanted === 'native' || wanted === 'wasm') return wanted;
  throw new UserError(`${YOSYS_VARIABLE}=${wanted} is not known; use native or wasm, or leave it unset`);
}

/**
 * The folder in which results are to be kept, if they are. `on` means `ant-rtl/yosys` in the user's cache (`XDG_CACHE_HOME`, or
 * `~/.cache`).
 *
 * @throws UserError where the variable holds neither.
 */
export function wantedStore(env: NodeJS.ProcessEnv): string | undefined {
  const wanted = env[STORE_VARIABLE] ?? '';
  if (wanted === '') return undefined;
  if (wanted === 'on') return join(userCache(env), 'ant-rtl', 'yosys');
  if (isAbsolute(wanted)) return wanted;
  throw new UserError(
    `${STORE_VARIABLE}=${wanted} is neither on nor the full path of a folder; use one of them, or leave it unset`,
  );
}

/** Where a user's programs keep what they can make again, by the XDG Base Directory Specification. */
function userCache(env: NodeJS.ProcessEnv): string {
  const named = env.XDG_CACHE_HOME ?? '';
  // The specification has relative paths ignored.
  return isAbsolute(named) ? named : join(homedir(), '.cache');
}
