import { dirname, relative } from 'node:path';
import { UserError } from './errors.js';

/** Options of this project's programs that npm defines, too: npm may have them set for itself. */
export const OPTIONS_OF_NPM: readonly string[] = [
  '--dry-run',
  '--help',
  '--json',
  '--name',
  '--only',
  '--package',
  '--version',
];

/** Whether npm runs this program itself, and not one that started it. */
export function isRunByNpm({ npm_package_json: packageFile, npm_lifecycle_script: script } = process.env): boolean {
  if (packageFile === undefined || script === undefined) return false;
  return script.split(' ').includes(relative(dirname(packageFile), process.argv[1] ?? ''));
}

/**
 * npm keeps options that stand before `--` for itself, and hands the program its environment.
 *
 * @param flags The program's options: `--max-k`.
 * @throws UserError that names those that npm kept.
 */
export function requireDashes(
  flags: readonly string[],
  environment: Readonly<Record<string, string | undefined>> = process.env,
): void {
  // npm turns --max-k into max_k, and --no-scan into an empty scan. Of --scan it hands on nothing: to npm that is -s -c -a -n.
  const variableOf = (flag: string): string => `npm_config_${flag.replace(/^--(no-)?/, '').replaceAll('-', '_')}`;
  const kept = flags.filter((flag) => {
    const value = OPTIONS_OF_NPM.includes(flag) ? undefined : environment[variableOf(flag)];
    return value !== undefined && (value === '' || !flag.startsWith('--no-'));
  });
  if (kept.length === 0) return;
  const script = environment.npm_lifecycle_event ?? 'SCRIPT';
  throw new UserError(
    `npm kept ${kept.join(', ')} for itself; write -- before the options: npm run ${script} -- ${kept[0]} ...`,
  );
}
