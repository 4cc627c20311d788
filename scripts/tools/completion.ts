import { join } from 'node:path';
import { execa } from 'execa';
import { UserError } from '../../gen/base/errors.js';
import { ENDING, ROOT } from '../../gen/base/installed.js';
import { COMMAND_NAMES, COMMANDS, fileOf } from './commands.js';
import { mapLimit } from './pool.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** Programs that tell their options at a time. */
const AT_A_TIME = 4;

/** A subcommand with its options. */
export interface Completed {
  readonly name: string;
  readonly description: string;
  readonly options: readonly string[];
}

/** The subcommands, each asked for its options by `--help`. */
export const completedCommands = (): Promise<Completed[]> =>
  mapLimit(COMMAND_NAMES, AT_A_TIME, async (name) => {
    const file = join(ROOT, `${fileOf(name)}${ENDING}`);
    const { stdout } = await execa(process.execPath, [...process.execArgv, file, '--help'], { cwd: ROOT });
    const options = [...stdout.matchAll(/^ +(?:-\w, )?(--[a-z][\w-]*)/gm)].map(([, option = '']) => option);
    return { name, description: COMMANDS[name], options: [...new Set(options)] };
  });

/** The completion of `ant-rtl` for a shell, to be sourced: subcommands, their options, and else files. */
export function completionScript(shell: Shell, commands: readonly Completed[]): string {
  if (shell === 'fish') return fishScript(commands);
  const script = bashScript(commands);
  return shell === 'zsh'
    ? `autoload -U +X compinit && compinit\nautoload -U +X bashcompinit && bashcompinit\n${script}`
    : script;
}

function bashScript(commands: readonly Completed[]): string {
  const cases = commands.map(({ name, options }) => `    ${name}) words='${options.join(' ')}' ;;`);
  const names = [...commands.map(({ name }) => name), 'completion'].join(' ');
  return `_ant_rtl() {
  local current=\${COMP_WORDS[COMP_CWORD]} words=''
  COMPREPLY=()
  # A colon parts words in bash: model:costs comes in three.
  local command=\${COMP_LINE#* }
  command=\${command%% *}
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W '${names}' -- "$current"))
    return
  fi
  case "$command" in
${cases.join('\n')}
    completion) words='${SHELLS.join(' ')}' ;;
  esac
  case "$current" in
    -*) COMPREPLY=($(compgen -W "$words" -- "$current")) ;;
    *) if [ "$command" = completion ]; then COMPREPLY=($(compgen -W "$words" -- "$current")); fi ;;
  esac
}
complete -o default -F _ant_rtl ant-rtl
`;
}

function fishScript(commands: readonly Completed[]): string {
  const lines = commands.flatMap(({ name, description, options }) => [
    `complete -c ant-rtl -n __fish_use_subcommand -f -a ${name} -d '${description.replaceAll("'", "\\'")}'`,
    ...options.map((option) => `complete -c ant-rtl -n '__fish_seen_subcommand_from ${name}' -l ${option.slice(2)}`),
  ]);
  return `${lines.join('\n')}\n`;
}

/** @throws UserError where it is no shell that has a completion. */
export function parseShell(text: string | undefined): Shell {
  const shell = SHELLS.find((name) => name === text);
  if (shell !== undefined) return shell;
  throw new UserError(`completion: given ${text ?? 'nothing'}; must be one of ${SHELLS.join(', ')}`);
}
