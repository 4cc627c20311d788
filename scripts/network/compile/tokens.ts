import { type Command, commandKind } from '../../../gen/commands/encode.js';
import { UNITS, type UnitName } from '../../../gen/commands/table.js';

/** A range of a buffer (in words) or of memory behind a base register (in bytes) that a command reads or writes. */
export interface Access {
  /** Name of the buffer, or `base` and its number. */
  readonly space: string;
  readonly from: number;
  readonly to: number;
  readonly write: boolean;
}

/** A command without its tokens, and what it uses. */
export interface PlannedCommand {
  readonly command: Exclude<Command, { name: 'end' }>;
  readonly accesses: readonly Access[];
}

/** Whether two uses may not change places. */
export const conflicts = (one: Access, other: Access): boolean =>
  one.space === other.space && (one.write || other.write) && one.from < other.to && other.from < one.to;

/** Whether two commands may not change places. */
export const dependsOn = (one: PlannedCommand, other: PlannedCommand): boolean =>
  one.accesses.some((access) => other.accesses.some((each) => conflicts(access, each)));

const unitOf = ({ command }: PlannedCommand): UnitName => commandKind(command.name).unit as UnitName;

/**
 * The commands with tokens, so that each waits for all commands before it in other units that it depends on. A unit's wait
 * for a command of another one stands for all waits for that one's commands before.
 */
export function withTokens(planned: readonly PlannedCommand[]): Command[] {
  const places = new Map(UNITS.map((unit) => [unit, [] as number[]]));
  const reached = new Map<string, number>();
  const fields = planned.map(() => ({}) as Record<string, number>);
  planned.forEach((each, index) => {
    const unit = unitOf(each);
    for (const other of UNITS) {
      if (other === unit) continue;
      const key = `${unit} ${other}`;
      const last = lastDependence(planned, each, places.get(other) as number[], reached.get(key) ?? -1);
      if (last === undefined) continue;
      reached.set(key, last);
      (fields[last] as Record<string, number>)[`signal_${unit}`] = 1;
      (fields[index] as Record<string, number>)[`wait_${other}`] = 1;
    }
    (places.get(unit) as number[]).push(index);
  });
  return planned.map(({ command }, i) => ({ ...command, ...fields[i] }));
}

/** The last of some commands that one depends on, if it is behind those already waited for. */
function lastDependence(
  planned: readonly PlannedCommand[],
  one: PlannedCommand,
  places: readonly number[],
  reached: number,
): number | undefined {
  for (let i = places.length - 1; i >= 0; i--) {
    const place = places[i] as number;
    if (place <= reached) return undefined;
    if (dependsOn(one, planned[place] as PlannedCommand)) return place;
  }
  return undefined;
}
