/** Exit codes of every program of the project. */
export const EXIT = { done: 0, checkFailed: 1, badRequest: 2, toolBroken: 3 } as const;

/** Any error a user can act on. Programs print its message without a stack and exit with its code. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  constructor(
    message: string,
    readonly exitCode: number = EXIT.badRequest,
  ) {
    super(message);
  }
}

/** Several mistakes at once; programs print each on a line that begins with `error:`. */
export function mistakesError(messages: readonly string[]): UserError {
  return new UserError(messages.join('\nerror: '));
}

/**
 * The results of independent steps.
 *
 * @throws UserError with the messages of all steps that threw one, so that a user sees all mistakes at once.
 */
export function allOf<T extends readonly unknown[]>(steps: { readonly [K in keyof T]: () => T[K] }): T {
  const errors: UserError[] = [];
  const results = (steps as readonly (() => unknown)[]).map((step) => {
    try {
      return step();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      errors.push(error);
      return undefined;
    }
  });
  const [first] = errors;
  if (first === undefined) return results as unknown as T;
  throw errors.length === 1 ? first : mistakesError(errors.map(({ message }) => message));
}

/** One thing wrong with a configuration. */
export interface Problem {
  readonly key: string;
  /** None of an option that has no value, or was left out. */
  readonly given?: string;
  readonly rule: string;
  /** The nearest legal value, where there is one. */
  readonly nearest?: string;
}

/** All that is wrong with a configuration, reported together. */
export class ConfigurationError extends UserError {
  override readonly name = 'ConfigurationError';
  constructor(
    readonly problems: readonly Problem[],
    what = 'the configuration',
  ) {
    super(
      [
        `${what} has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
        ...problems.map(({ key, given, rule, nearest }) => {
          const hint = nearest === undefined ? '' : `; nearest legal value: ${nearest}`;
          return `  ${key}: ${given === undefined ? '' : `given ${given}; `}${rule}${hint}`;
        }),
      ].join('\n'),
    );
  }
}
