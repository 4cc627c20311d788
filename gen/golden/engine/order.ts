import { type Command, commandKind } from '../../commands/encode.js';
import { MOST_TOKENS, UNITS, type UnitName } from '../../commands/table.js';
import { Fault, WrongProgram } from './failure.js';

/** For each unit how many commands of the program must be complete: place of the last of them, plus 1. */
type Clock = readonly number[];

/** A command that runs: its unit, its place in the program plus 1, and what is complete before it. */
export interface Running {
  readonly unit: UnitName;
  readonly place: number;
  /** Whether a command of a unit, by its place plus 1, is complete before this one begins. */
  isAfter(unit: UnitName, place: number): boolean;
}

const unitIndex = (unit: UnitName): number => UNITS.indexOf(unit);

/** The tokens between the units: which commands are complete before which. */
export class Order {
  private readonly last = new Map<UnitName, Clock>();
  private readonly channels = new Map<string, Clock[]>();

  /** Takes the tokens that a command waits for. */
  begin(command: Command, index: number): Running & { readonly clock: Clock } {
    const unit = commandKind(command.name).unit as UnitName;
    const clock = [...(this.last.get(unit) ?? UNITS.map(() => 0))];
    for (const from of named(command, 'wait', unit)) {
      const token = this.channel(from, unit).shift();
      if (!token) throw new WrongProgram(`it waits for a token of the ${from} unit that no command before it gives`);
      token.forEach((place, i) => {
        clock[i] = Math.max(clock[i] as number, place);
      });
    }
    const place = index + 1;
    const isAfter = (other: UnitName, of: number): boolean => of <= (clock[unitIndex(other)] as number);
    return { unit, place, clock, isAfter };
  }

  /** Gives the tokens of a command that is complete. */
  end(command: Command, { unit, place, clock }: { unit: UnitName; place: number; clock: Clock }): void {
    const complete = clock.map((each, i) => (i === unitIndex(unit) ? place : each));
    this.last.set(unit, complete);
    for (const to of named(command, 'signal', unit)) {
      const tokens = this.channel(unit, to);
      tokens.push(complete);
      if (tokens.length > MOST_TOKENS) {
        throw new WrongProgram(`more than ${MOST_TOKENS} tokens from the ${unit} to the ${to} unit`);
      }
    }
  }

  private channel(from: UnitName, to: UnitName): Clock[] {
    const key = `${from} ${to}`;
    const found = this.channels.get(key) ?? [];
    this.channels.set(key, found);
    return found;
  }
}

/** The units that a command waits for or signals. @throws Fault where its own is one. */
function named(command: Command, what: 'wait' | 'signal', own: UnitName): UnitName[] {
  const fields = command as unknown as Readonly<Record<string, number>>;
  const units = UNITS.filter((unit) => fields[`${what}_${unit}`] === 1);
  if (units.includes(own)) throw new Fault('field', `${what}_${own} of a command of the ${own} unit`);
  return units;
}
