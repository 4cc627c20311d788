import { type Command, type CommandOf, commandKind } from '../../../../gen/commands/encode.js';
import { type Machine, wordBytes } from '../../../../gen/commands/machine.js';
import { BUFFERS, type BufferName, COMMAND_BYTES, UNITS, type UnitName } from '../../../../gen/commands/table.js';
import { bursts, transferOf } from './bursts.js';
import { type MemorySpeed, Queue, type ReadBus, type WriteBus } from './bus.js';
import { type Events, Gate, type Process } from './events.js';

/** Commands that are asked for, under way or in queues. */
const COMMANDS_AHEAD = 16;
/** Loads that are asked for besides the one whose words come. */
const LOADS_ASKED = 2;
/** Stores that memory has not answered yet. */
const STORES_ASKED = 4;
/** Cycles from a beat's push into a unit's queue to its arrival at the unit. */
const QUEUE_DELAY = 2;

/** A command of the program at hand. */
export interface Placed<C extends Command = Command> {
  readonly place: number;
  readonly command: C;
}

/** Tokens between units. */
export class Tokens {
  readonly #counts = new Map<string, number>();
  readonly #given = new Gate();

  constructor(private readonly events: Events) {}

  /** Waits for the tokens of a command, and takes them. */
  *take(unit: UnitName, command: Command): Generator<Gate, void, void> {
    const wanted = UNITS.filter((other) => fieldOf(command, `wait_${other}`) === 1).map((other) => `${other} ${unit}`);
    while (wanted.some((channel) => this.#count(channel) === 0)) yield this.#given;
    for (const channel of wanted) this.#counts.set(channel, this.#count(channel) - 1);
  }

  /** Gives those of a command; they can be taken from the next cycle on. */
  give(unit: UnitName, command: Command, cycle: number): void {
    const channels = UNITS.filter((other) => fieldOf(command, `signal_${other}`) === 1).map(
      (other) => `${unit} ${other}`,
    );
    if (channels.length === 0) return;
    this.events.at(cycle + 1, () => {
      for (const channel of channels) this.#counts.set(channel, this.#count(channel) + 1);
      this.events.open(this.#given);
    });
  }

  #count(channel: string): number {
    return this.#counts.get(channel) ?? 0;
  }
}

const fieldOf = (command: Command, name: string): number =>
  (command as unknown as Readonly<Record<string, number>>)[name] ?? 0;

/** Reads commands ahead, and gives them to their units. */
export class Fetch {
  readonly #held = { count: 0 };
  readonly #queues: ReadonlyMap<UnitName, Queue<{ readonly placed: Placed; readonly pushed: number }>>;
  readonly #changed = new Gate();
  #known = 0;
  #asked = 0;
  readonly #beats: number;

  constructor(
    private readonly events: Events,
    private readonly read: ReadBus,
    private readonly commands: readonly Command[],
    private readonly speed: MemorySpeed,
  ) {
    this.#queues = new Map(UNITS.map((unit) => [unit, new Queue(events)]));
    this.#beats = COMMAND_BYTES / speed.busBytes;
    events.start(this.#ask());
  }

  /** Whether it asks for a command, which goes before loads. */
  get asks(): boolean {
    return this.#asked < this.commands.length && this.#asked <= this.#known && this.#held.count < COMMANDS_AHEAD;
  }

  *#ask(): Process {
    const { read, commands, speed } = this;
    while (this.#asked < commands.length) {
      while (!this.asks) yield this.#changed;
      while (read.addresses.busy) yield read.addresses.free;
      const placed: Placed = { place: this.#asked, command: commands[this.#asked] as Command };
      const transfer = { offset: 0, run: COMMAND_BYTES, count1: 1, count2: 1, step1: 0, step2: 0 };
      yield* read.send(bursts(transfer, speed.busBytes, speed.busBytes), {
        // biome-ignore lint/correctness/useYield: nothing has to be waited for
        begin: function* () {
          return 0;
        },
        last: (cycle) => this.#arrives(placed, cycle),
      });
      this.#asked++;
      this.#held.count++;
    }
  }

  #arrives(placed: Placed, cycle: number): void {
    const { place, command } = placed;
    const { unit } = commandKind(command.name);
    this.events.at(Math.max(this.events.now, cycle - this.#beats + 2), () => {
      this.#known = Math.max(this.#known, place + Math.max(1, fieldOf(command, 'ahead')));
      this.events.open(this.#changed);
    });
    if (unit) this.events.at(cycle, () => this.#queues.get(unit)?.push({ placed, pushed: cycle }));
  }

  /** The next command of a unit that is idle since a cycle: it is there when this returns. */
  *next(unit: UnitName, idle: number): Generator<number | Gate, Placed, void> {
    const queue = this.#queues.get(unit) as Queue<{ placed: Placed; pushed: number }>;
    const { placed, pushed } = yield* queue.next();
    const arrived = Math.max(idle + this.#beats - 1, pushed + QUEUE_DELAY);
    this.events.at(arrived + 1, () => {
      this.#held.count--;
      this.events.open(this.#changed);
    });
    yield arrived + 1;
    return placed;
  }
}

/** Shares of the cycles in which results are written to the output buffer, and second operands read from it. */
export interface OutputPort {
  writes: number;
  reads: number;
}

/** What units need of each other. */
export interface Surroundings {
  readonly port: OutputPort;
  readonly events: Events;
  readonly machine: Machine;
  readonly speed: MemorySpeed;
  readonly tokens: Tokens;
  readonly fetch: Fetch;
}

interface Fill {
  readonly placed: Placed;
  readonly asked: number;
  readonly changed: Gate;
  begun?: number;
  ended?: number;
}

const bufferName = ({ buffer }: CommandOf<'load' | 'store'>): BufferName =>
  BUFFERS.find(({ number }) => number === buffer)?.name as BufferName;

const bufferBytes = (machine: Machine, command: CommandOf<'load' | 'store'>): number =>
  wordBytes(machine, bufferName(command));

/** Loads: each asks for its transfer; words fill a buffer in the order of the requests. */
export function startLoads(around: Surroundings, read: ReadBus): void {
  const { events, machine, speed, tokens, fetch, port } = around;
  const fills = new Queue<Fill>(events);
  let asked = 0;
  const room = new Gate();
  function* ask(): Process {
    for (let idle = 0; ; ) {
      const placed = yield* fetch.next('load', idle);
      const command = placed.command as CommandOf<'load'>;
      yield* tokens.take('load', command);
      while (asked === LOADS_ASKED) yield room;
      asked++;
      const fill: Fill = { placed, asked: events.now, changed: new Gate() };
      fills.push(fill);
      yield events.now + 1;
      while (read.addresses.busy || fetch.asks) yield read.addresses.free;
      yield* read.send(bursts(transferOf(command), speed.busBytes, bufferBytes(machine, command)), {
        *begin() {
          while (fill.begun === undefined) yield fill.changed;
          return fill.begun;
        },
        ...(bufferName(command) === 'output' ? { taken: () => port.writes } : {}),
        last: (cycle) => {
          fill.ended = cycle;
          events.open(fill.changed);
        },
      });
      idle = events.now + 1;
    }
  }
  function* fillBuffers(): Process {
    for (let free = 0; ; ) {
      const fill = yield* fills.next();
      yield Math.max(fill.asked + 1, free);
      const begun = events.now + 1;
      events.at(begun, () => {
        asked--;
        events.open(room);
      });
      fill.begun = begun;
      events.open(fill.changed);
      while (fill.ended === undefined) yield fill.changed;
      free = fill.ended + 2;
      tokens.give('load', fill.placed.command, fill.ended + 1);
    }
  }
  events.start(ask());
  events.start(fillBuffers());
}

/** Stores: each is over when its last word is handed to the bus. @param written Told of each that is in memory. */
export function startStores(
  around: Surroundings,
  write: WriteBus,
  written: (placed: Placed, cycle: number) => void,
): void {
  const { events, machine, speed, tokens, fetch, port } = around;
  let unanswered = 0;
  const answers = new Gate();
  function* run(): Process {
    for (let idle = 0; ; ) {
      const placed = yield* fetch.next('store', idle);
      const command = placed.command as CommandOf<'store'>;
      yield* tokens.take('store', command);
      yield events.now + 1;
      const reads = events.now;
      while (unanswered === STORES_ASKED) yield answers;
      unanswered++;
      const changed = new Gate();
      let over: number | undefined;
      yield* write.send(bursts(transferOf(command), speed.busBytes, bufferBytes(machine, command)), reads, {
        taken: () => port.reads,
        handed: (cycle) => {
          over = cycle;
          events.open(changed);
        },
        written: (cycle, answered) => {
          written(placed, cycle);
          events.at(answered + 1, () => {
            unanswered--;
            events.open(answers);
          });
          tokens.give('store', command, answered + 1);
        },
      });
      while (over === undefined) yield changed;
      idle = over + 2;
    }
  }
  events.start(run());
}
