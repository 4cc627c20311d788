import type { Burst } from './bursts.js';
import { type Events, Gate, type Process, type Wait } from './events.js';

/** Memory behind the engine. */
export interface MemorySpeed {
  readonly busBytes: number;
  /** Cycles from a request to its first beat. */
  readonly latency: number;
  /** Bursts under way in each direction. */
  readonly outstanding: number;
}

/** Cuts transfers into bursts, one transfer at a time, as many bursts under way as may be. */
class Addresses {
  /** Opens when a transfer may begin. */
  readonly free = new Gate();
  busy = false;
  #underWay = 0;
  readonly #room = new Gate();

  constructor(
    private readonly events: Events,
    private readonly outstanding: number,
  ) {}

  /**
   * Asks for all bursts of a transfer that begins in this cycle; returns in the cycle of the last one.
   *
   * @param present Told of each burst and the cycle in which it is asked for.
   */
  *send(
    each: Iterable<Burst>,
    present: (burst: Burst, cycle: number, last: boolean) => void,
  ): Generator<Wait, void, void> {
    const { events } = this;
    this.busy = true;
    const iterator = each[Symbol.iterator]();
    for (let next = iterator.next(); !next.done; ) {
      yield events.now + 1;
      while (this.#underWay === this.outstanding) yield this.#room;
      this.#underWay++;
      const burst = next.value;
      next = iterator.next();
      present(burst, events.now, next.done === true);
    }
    events.at(events.now + 1, () => {
      this.busy = false;
      events.open(this.free);
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

  /** Asks for a transfer that begins in this cycle; returns in the cycle of its last burst. */
  send(each: Iterable<Burst>, reader: Reader): Generator<Wait, void, void> {
    const { events, speed } = this;
    const read = { reader, bursts: new Queue<ReadBurst>(events) };
    this.#reads.push(read);
    // An address is taken at once, and the first beat follows so many cycles behind.
    return this.addresses.send(each, (burst, cycle, last) =>
      read.bursts.push({ ...burst, at: cycle + 1 + speed.latency, last }),
    );
  }

  *#data(): Process {
    const { events } = this;
    let cursor = 0;
    for (;;) {
      const read = yield* this.#reads.next();
      let begun: number | undefined;
      let words = 0;
      for (let last = false; !last; ) {
        const burst = yield* read.bursts.next();
        last = burst.last;
        begun ??= yield* read.reader.begin();
        const first = Math.max(burst.at, cursor);
        const word = Math.max(first + 1, words, begun);
        const { taken } = read.reader;
        const wordCycles = taken ? yield* wordsOf(events, word, burst.wordCycles, taken) : burst.wordCycles;
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
      read.reader.last(words - 1);
    }
  }
}

/** Words after which it is asked anew how often somebody else has the buffer. */
const WORDS_AT_ONCE = 16;

/** Cycles of words from a cycle on, where somebody else has their buffer in a share of the cycles. */
function* wordsOf(events: Events, from: number, words: number, taken: () => number): Generator<Wait, number, void> {
  let at = from;
  for (let left = words; left > 0; left -= WORDS_AT_ONCE) {
    if (at > events.now) yield Math.floor(at);
    at += Math.min(left, WORDS_AT_ONCE) / (1 - taken());
  }
  return Math.round(at) - from;
}

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

  /** Asks for a transfer that begins in this cycle; returns in the cycle of its last burst. */
  send(each: Iterable<Burst>, reads: number, writer: Writer): Generator<Wait, void, void> {
    const { events } = this;
    const write = { started: events.now, reads, writer, bursts: new Queue<WriteBurst>(events) };
    this.#writes.push(write);
    return this.addresses.send(each, (burst, cycle, last) => write.bursts.push({ ...burst, there: cycle + 1, last }));
  }

  *#data(): Process {
    const { events, speed } = this;
    let [cursor, answered] = [0, 0];
    for (;;) {
      const write = yield* this.#writes.next();
      cursor = Math.max(write.started + 2, cursor);
      let ready = write.reads + READ_TO_BEAT - 1;
      for (let last = false; !last; ) {
        const burst = yield* write.bursts.next();
        last = burst.last;
        const from = Math.max(cursor, burst.there, ready);
        const wordCycles = yield* wordsOf(events, from, burst.wordCycles, write.writer.taken);
        const rate = Math.min(wordCycles, Math.ceil(wordCycles / burst.beats));
        const first = Math.max(cursor, burst.there, ready + rate);
        const end = Math.max(first + burst.beats - 1, first + wordCycles - rate);
        cursor = end + 1;
        ready = end;
        answered = Math.max(end + 1 + speed.latency, answered + 1);
        this.addresses.done(answered);
        if (last) {
          write.writer.handed(end);
          write.writer.written(end, answered);
        }
        if (end > events.now) yield end;
      }
    }
  }
}
