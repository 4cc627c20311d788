import { ConfigurationError } from '../base/errors.js';
import type { RawConfiguration } from './raw.js';

/** Where a configuration came from. */
export interface Origin {
  readonly raw: RawConfiguration;
  /** What the command line gave, which wins over the file. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly file: string | undefined;
}

/**
 * The result of a step that validates a configuration.
 *
 * @throws ConfigurationError as the step does, the file named with every parameter that it gave.
 */
export function namingFile<T>({ raw, flags, file }: Origin, step: () => T): T {
  try {
    return step();
  } catch (error) {
    if (!(error instanceof ConfigurationError) || file === undefined) throw error;
    const fromFile = (key: string): boolean => key in raw && flags[key] === undefined;
    throw new ConfigurationError(
      error.problems.map((problem) =>
        fromFile(problem.key) ? { ...problem, key: `${problem.key} (in ${file})` } : problem,
      ),
    );
  }
}
