import type { CommandOf } from '../../../../gen/commands/encode.js';
import {
  codesPerWord,
  type Machine,
  tileChannels,
  tilePixels,
  typeBits,
  wordBytes,
} from '../../../../gen/commands/machine.js';
import { outputPixels } from '../../../../gen/commands/walk.js';
import { SECOND } from '../../../../gen/commands/table.js';
import { SUM_TILES } from '../../../../gen/rtl/engine/compute/sums.js';
import type { EngineTiming } from '../../../../gen/rtl/engine/timing.js';
import { Queue } from './bus.js';
import { Gate, type Process } from './events.js';
import type { OutputPort, Surroundings } from './units.js';

/** Cycles from tokens to the first word of activations. */
const TO_FIRST_WORD = 2;
/** Cycles from the last word of activations until the next command may come. */
const FROM_LAST_WORD = 3;

/** A command in the compute unit. */
interface Work {
  readonly command: CommandOf<'product' | 'vector'>;
  /** The first cycle in which its results may be handed on. */
  from: number;
  /** Cycles in which tiles of sums are ready. */
  readonly tiles: Queue<number>;
  readonly changed: Gate;
  handed?: number;
  /** The last cycle of a vector command's operands. */
  over?: number;
}

/** The array goes through products while results of the one before are made. */
export function startCompute({ events, machine, tokens, fetch, port }: Surroundings, timing: EngineTiming): void {
  const works = new Queue<Work>(events);
  let kept = 0;
  const room = new Gate();

  function* operands(): Process {
    for (let idle = 0; ; ) {
      const { command: any } = yield* fetch.next('compute', idle);
      const command = any as Work['command'];
      yield* tokens.take('compute', command);
      const work: Work = { command, from: events.now + 1, tiles: new Queue(events), changed: new Gate() };
      let over = 0;
      if (command.name === 'vector') {
        works.push(work);
        while (work.over === undefined) yield work.changed;
        over = work.over;
      } else {
        const holds = command.hold === 1;
        if (!holds) works.push(work);
        const words = wordCount(command);
        let first = events.now + TO_FIRST_WORD;
        for (let left = tileCount(machine, command); left > 0; left--) {
          const lastWord = first + machine.rows * (words - 1);
          yield lastWord;
          if (!holds) while (kept === SUM_TILES) yield room;
          const end = events.now + machine.rows - 1;
          if (!holds) {
            kept++;
            work.tiles.push(end + timing.sumsDelay);
          }
          first = end + 1;
        }
        over = first - 1 + FROM_LAST_WORD;
        if (holds) {
          yield over;
          work.from = over;
          works.push(work);
        }
      }
      while (work.handed === undefined) yield work.changed;
      idle = Math.max(over, work.handed + 2) + 1;
    }
  }

  function* results(): Process {
    for (let none = 0; ; ) {
      const work = yield* works.next();
      const { command } = work;
      yield Math.max(work.from, none);
      work.handed = events.now;
      events.open(work.changed);
      let cursor = events.now + 2;
      const shares = portShares(machine, command);
      if (command.name === 'product') {
        for (const cycles of command.hold === 1 ? [] : tileCycles(machine, command)) {
          const ready = yield* work.tiles.next();
          Object.assign(port, shares);
          const end = Math.max(cursor, ready) + cycles - 1;
          yield end + 1;
          kept--;
          events.open(room);
          cursor = end + 1;
        }
      } else {
        cursor += vectorCycles(machine, command);
        work.over = cursor;
        events.open(work.changed);
        Object.assign(port, shares);
        yield cursor;
      }
      Object.assign(port, NO_SHARES);
      const complete = cursor - 1 + timing.resultsDelay + restWords(machine, command);
      tokens.give('compute', command, complete + 1);
      none = complete + 2;
      yield none;
    }
  }

  events.start(operands());
  events.start(results());
}

type Product = CommandOf<'product'>;
type Vector = CommandOf<'vector'>;

/** Words of activations that rows take for a tile: of 8 bits two at a time. */
const wordCount = (command: Product): number =>
  Math.ceil((command.kernel_height * command.kernel_width * command.depth_words) / (typeBits(command.a_type) / 4));

const tileCount = (machine: Machine, command: Product): number =>
  command.groups *
  command.column_tiles *
  Math.ceil(outputPixels(command) / tilePixels(machine, typeBits(command.a_type)));

/** Cycles in which the results of each tile are read, tile by tile. */
function* tileCycles(machine: Machine, command: Product): Generator<number, void, void> {
  const [pixels, most] = [outputPixels(command), tilePixels(machine, typeBits(command.a_type))];
  const each = productPixel(machine, command);
  for (let column = command.groups * command.column_tiles; column > 0; column--) {
    for (let left = pixels; left > 0; left -= most) yield Math.min(left, most) * each;
  }
}

const vectorCycles = (machine: Machine, command: Vector): number =>
  outputPixels(command) * command.depth_words * vectorPixel(machine, command);

/** Channels of a tile of results. */
const channelsOf = (machine: Machine, command: Work['command']): number =>
  command.name === 'product'
    ? tileChannels(machine, typeBits(command.w_type))
    : codesPerWord(machine, typeBits(command.a_type));

const productPixel = (machine: Machine, command: Product): number => pixelCycles(machine, command, 1);

const vectorPixel = (machine: Machine, command: Vector): number =>
  pixelCycles(machine, command, command.kernel_height * command.kernel_width);

/** Cycles of a pixel of a tile of channels: its beats, again for a copy, and the reads of a second operand before them. */
function pixelCycles(machine: Machine, command: Work['command'], reads: number): number {
  const channels = channelsOf(machine, command);
  const beats = Math.max(1, channels / machine.requantiseLanes) * reads * (1 + command.copy);
  return beats + (command.second === SECOND.none ? 0 : codeWords(machine, command.second_type, channels) + 1);
}

const NO_SHARES: OutputPort = { writes: 0, reads: 0 };

/** Cycles of the array for a pixel of a tile of channels. */
const arrayPixel = (machine: Machine, command: Product): number =>
  (machine.rows * wordCount(command)) / tilePixels(machine, typeBits(command.a_type));

/** Shares of a command's cycles in which it uses the output buffer. */
function portShares(machine: Machine, command: Work['command']): OutputPort {
  const channels = channelsOf(machine, command);
  const cycles =
    command.name === 'product'
      ? Math.max(productPixel(machine, command), arrayPixel(machine, command))
      : vectorPixel(machine, command);
  const copied = command.copy === 1 ? codeWords(machine, command.copy_type, channels) : 0;
  return {
    writes: (codeWords(machine, command.out_type, channels) + copied) / cycles,
    reads: command.second === SECOND.none ? 0 : codeWords(machine, command.second_type, channels) / cycles,
  };
}

/** Words of so many codes, at least one. */
const codeWords = (machine: Machine, type: number, channels: number): number =>
  Math.max(1, (channels * typeBits(type)) / (8 * wordBytes(machine, 'output')));

/** Words that are written behind the one with the last codes. */
function restWords(machine: Machine, command: Work['command']): number {
  const channels = channelsOf(machine, command);
  return codeWords(machine, command.copy === 1 ? command.copy_type : command.out_type, channels) - 1;
}
