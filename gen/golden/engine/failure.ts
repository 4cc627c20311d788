import type { ErrorName } from '../../commands/table.js';

/** What ends a job with an error: a register shows which. */
export class Fault extends Error {
  override readonly name = 'Fault';
  constructor(
    readonly error: ErrorName,
    message: string,
    /** In memory (`read`, `write`) or in a buffer (`range`); else 0. */
    readonly address = 0,
  ) {
    super(message);
  }
}

/** A program whose result is not defined. */
export class WrongProgram extends Error {
  override readonly name = 'WrongProgram';
}
