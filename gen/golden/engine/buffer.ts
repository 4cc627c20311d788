import { UNITS, type UnitName } from '../../commands/table.js';
import { Fault, WrongProgram } from './failure.js';
import type { Running } from './order.js';

/**
 * A buffer that knows, for each word, which command of each unit wrote and read it last: a use that no token orders is
 * found out.
 */
export class Buffer {
  readonly bytes: Uint8Array;
  private readonly writers: readonly Uint32Array[];
  private readonly readers: readonly Uint32Array[];
  /** Who of the running command uses a word as what: the command's place and the claim. */
  private readonly claimants: Uint32Array;
  private readonly claims: Int32Array;

  constructor(
    readonly name: string,
    readonly words: number,
    readonly wordBytes: number,
  ) {
    this.bytes = new Uint8Array(words * wordBytes);
    this.writers = UNITS.map(() => new Uint32Array(words));
    this.readers = UNITS.map(() => new Uint32Array(words));
    this.claimants = new Uint32Array(words);
    this.claims = new Int32Array(words);
  }

  /** Checks a read of a word. @returns its byte offset. */
  read(word: number, command: Running): number {
    this.checkRange(word);
    const own = UNITS.indexOf(command.unit);
    const readers = this.readers[own] as Uint32Array;
    if (readers[word] !== command.place) {
      if (!this.writers.some((places) => (places[word] as number) > 0)) {
        throw new WrongProgram(`it reads word ${word} of the ${this.name} buffer, which no command wrote`);
      }
      this.checkOrder(word, command, this.writers, 'wrote');
      readers[word] = command.place;
    }
    return word * this.wordBytes;
  }

  /**
   * Checks a write of a word.
   *
   * @param claim For what: no two claims of one command may be to one word.
   * @returns its byte offset.
   */
  write(word: number, command: Running, claim: number): number {
    this.checkRange(word);
    this.claim(word, command, claim);
    const own = UNITS.indexOf(command.unit);
    const writers = this.writers[own] as Uint32Array;
    if (writers[word] !== command.place) {
      this.checkOrder(word, command, this.writers, 'wrote');
      this.checkOrder(word, command, this.readers, 'reads');
      writers[word] = command.place;
    }
    return word * this.wordBytes;
  }

  /** Notes for what a command uses a word. @throws WrongProgram where it uses it for something else, too. */
  claim(word: number, command: Running, claim: number): void {
    if (this.claimants[word] === command.place && this.claims[word] !== claim) {
      throw new WrongProgram(`it uses word ${word} of the ${this.name} buffer twice`);
    }
    this.claimants[word] = command.place;
    this.claims[word] = claim;
  }

  private checkRange(word: number): void {
    if (word >= this.words) {
      throw new Fault('range', `word ${word} of the ${this.name} buffer, which has ${this.words}`, word);
    }
  }

  private checkOrder(word: number, command: Running, places: readonly Uint32Array[], what: string): void {
    UNITS.forEach((unit: UnitName, i) => {
      const place = (places[i] as Uint32Array)[word] as number;
      if (!command.isAfter(unit, place)) {
        throw new WrongProgram(
          `no token orders it behind command ${place - 1}, which ${what} word ${word} of the ${this.name} buffer`,
        );
      }
    });
  }
}
