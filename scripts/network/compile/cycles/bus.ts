import type { Burst } from './bursts.js';
import { type Events, Gate, type Process } from './events.js';

/** Memory behind the engine. */
export interface MemorySpeed {
  readonly busBytes: number;
  /** Cycles from a request to its first beat. */
  readonly latency: number;
  /** Bursts under way in each direction. */
  readonly outstanding: number;
}

/** Transfers that a direction keeps besides the one whose data move. */
const WAITING_TRANSFERS = 2;

/** Cuts transfers into bursts, as many under way as may be. */
class Addresses {
  /** Opens when a transfer may be taken. */
  readonly free = new Gate();
  #busy = false;
  #waiting = 0;
  #underWay = 0;
  readonly #room = new Gate();

  constructor(
    private readonly events: Events,
    private readonly outstanding: number,
  ) {}

  get ready(): boolean {
    return !this.#busy && this.#waiting < WAITING_TRANSFERS;
  }

  /** Takes a transfer in this cycle. @param present Told of each burst and the cycle in which it is asked for. */
  take(each: Iterable<Burst>, present: (burst: Burst, cycle: number, last: boolean) => void): void {
    this.#busy = true;
    this.#waiting++;
    this.events.start(this.#ask(each, present));
  }

  *#ask(each: Iterable<Burst>, present: (burst: Burst, cycle: number, last: boolean) => void): Process {
    const { events } = this;
    yield events.now + 1;
    const iterator = each[Symbol.iterator]();
    for (let next = iterator.next(); !next.done; ) {
      while (this.#underWay === this.outstanding) yield this.#room;
      this.#underWay++;
      const burst = next.value;
      next = iterator.next();
      present(burst, events.now, next.done === true);
      yield events.now + 1;
    }
    this.#busy = false;
    events.open(this.free);
  }

  /** The data of a transfer begin to move. */
  begins(cycle: number): void {
    this.events.at(cycle, () => {
      this.#waiting--;
      this.events.open(this.free);
    });
  }

  /** A burst is complete; from the next cycle on another one may be asked for. */
  done(cycle: number): void {
    this.events.at(cycle + 1, () => {
      this.#underWay--;
      this.events.open(this.#room);
    });
  }
}

/** A queue between processes. */
export class Queue<Item> {
  readonly items: Item[] = [];
  readonly filled = new Gate();

  constructor(private readonly events: Events) {}

  push(item: Item): void {
    this.items.push(item);
    this.events.open(this.filled);
  }

  *next(): Generator<Gate, Item, void> {
    while (this.items.length === 0) yield this.filled;
    return this.items.shift() as Item;
  }
}

/** Who takes the words of a read, in order. */
export interface Reader {
  /** Told when the last word of the transfer is taken. */
  readonly last: (cycle: number) => void;
  /** The first cycle in which it takes a word; it may still have to be waited for. */
  begin(): Generator<Gate, number, void>;
  /** Share of the cycles in which somebody else writes its buffer. */
  readonly taken?: () => number;
}

interface ReadBurst extends Burst {
  readonly at: number;
  readonly last: boolean;
}

interface Read {
  readonly started: number;
  readonly reader: Reader;
  readonly bursts: Queue<ReadBurst>;
}

/** Reads of memory: data come in the order of the requests. */
export class ReadBus {
  readonly addresses: Addresses;
  readonly #reads: Queue<Read>;

  constructor(
    private readonly events: Events,
    private readonly speed: MemorySpeed,
  ) {
    this.addresses = new Addresses(events, speed.outstanding);
    this.#reads = new Queue(events);
    events.start(this.#data());
  }

  take(each: Iterable<Burst>, reader: Reader): void {
    const { events, speed } = this;
    const read = { started: events.now, reader, bursts: new Queue<ReadBurst>(events) };
    this.#reads.push(read);
    // The address is there a cycle later, is taken in it, and the first beat follows so many cycles behind.
    this.addresses.take(each, (burst, cycle, last) =>
      read.bursts.push({ ...burst, at: cycle + 2 + speed.latency, last }),
    );
  }

  *#data(): Process {
    const { events } = this;
    let [cursor, before] = [0, 0];
    for (;;) {
      const read = yield* this.#reads.next();
      const active = Math.max(read.started + 2, cursor + 1);
      this.addresses.begins(active);
      cursor = active;
      let begun: number | undefined;
      let words = 0;
      for (let last = false; !last; ) {
        const burst = yield* read.bursts.next();
        last = burst.last;
        begun ??= yield* read.reader.begin();
        const first = Math.max(burst.at, cursor);
        const word = Math.max(first + 1, words, begun);
        const wordCycles = stretched(burst.wordCycles, read.reader.taken?.() ?? 0);
        const rate = Math.ceil(wordCycles / burst.beats);
        // A word waits in a register: beats are one ahead.
        const end = Math.max(word + wordCycles, first + burst.beats + rate);
        const lastBeat = Math.max(first + burst.beats - 1, word + wordCycles - rate - 1);
        cursor = lastBeat + (burst.flush ? 2 : 1);
        words = end + (burst.flush ? 1 : 0);
        this.addresses.done(lastBeat);
        // What others ask for meanwhile is known when this has come.
        if (lastBeat > events.now) yield lastBeat;
      }
      before = words - 1;
      read.reader.last(before);
    }
  }
}

/** Cycles of something that is kept waiting in a share of them. */
const stretched = (cycles: number, share: number): number => Math.round(cycles / (1 - share));

/** Who gives the words of a write. */
export interface Writer {
  /** Share of the cycles in which somebody else reads its buffer. */
  readonly taken: () => number;
  /** Told when the last word of the transfer is given. */
  readonly handed: (cycle: number) => void;
  /** Told when all of it is in memory, and when memory has answered. */
  readonly written: (cycle: number, answered: number) => void;
}

interface WriteBurst extends Burst {
  readonly there: number;
  readonly last: boolean;
}

interface Write {
  readonly started: number;
  /** The first cycle in which a word of the buffer is read. */
  readonly reads: number;
  readonly writer: Writer;
  readonly bursts: Queue<WriteBurst>;
}

/** Cycles from the read of a word of a buffer to the beat that it ends. */
const READ_TO_BEAT = 2;

/** Writes to memory. */
export class WriteBus {
  readonly addresses: Addresses;
  readonly #writes: Queue<Write>;

  constructor(
    private readonly events: Events,
    private readonly speed: MemorySpeed,
  ) {
    this.addresses = new Addresses(events, speed.outstanding);
    this.#writes = new Queue(events);
    events.start(this.#data());
  }

  take(each: Iterable<Burst>, reads: number, writer: Writer): void {
    const { events } = this;
    const write = { started: events.now, reads, writer, bursts: new Queue<WriteBurst>(events) };
    this.#writes.push(write);
    this.addresses.take(each, (burst, cycle, last) => write.bursts.push({ ...burst, there: cycle + 1, last }));
  }

  *#data(): Process {
    const { events, speed } = this;
    let [cursor, answered] = [0, 0];
    for (;;) {
      const write = yield* this.#writes.next();
      const active = Math.max(write.started + 2, cursor + 1);
      this.addresses.begins(active);
      cursor = active;
      let ready = write.reads + READ_TO_BEAT - 1;
      for (let last = false; !last; ) {
        const burst = yield* write.bursts.next();
        last = burst.last;
        const wordCycles = stretched(burst.wordCycles, write.writer.taken());
        const rate = Math.min(wordCycles, Math.ceil(wordCycles / burst.beats));
        const first = Math.max(cursor, burst.there, ready + rate);
        const end = Math.max(first + burst.beats - 1, first + wordCycles - rate);
        cursor = end + 1;
        ready = end;
        const written = end + 1;
        answered = Math.max(written + 1 + speed.latency, answered + 1);
        this.addresses.done(answered);
        if (last) {
          write.writer.handed(end);
          write.writer.written(written, answered);
        }
        if (end > events.now) yield end;
      }
    }
  }
}
