/** What a process waits for: a cycle, or that a gate opens. */
export type Wait = number | Gate;
export type Process = Generator<Wait, void, void>;

/** Something that processes wait for. Whoever is woken looks again whether it is there. */
export class Gate {
  waiting: Process[] = [];
}

interface Event {
  readonly cycle: number;
  readonly order: number;
  readonly what: Process | (() => void);
}

/** Processes that run side by side, from event to event. */
export class Events {
  now = 0;
  #order = 0;
  readonly #heap: Event[] = [];

  start(process: Process): void {
    this.#push(this.now, process);
  }

  /** Calls back in a cycle, or now where that is over. */
  at(cycle: number, what: () => void): void {
    this.#push(Math.max(this.now, cycle), what);
  }

  open(gate: Gate): void {
    const { waiting } = gate;
    if (waiting.length === 0) return;
    gate.waiting = [];
    for (const process of waiting) this.#push(this.now, process);
  }

  /** Until nothing happens any more. */
  run(): void {
    for (let event = this.#pop(); event !== undefined; event = this.#pop()) {
      this.now = event.cycle;
      if (typeof event.what === 'function') event.what();
      else this.#step(event.what);
    }
  }

  #step(process: Process): void {
    const { done, value } = process.next();
    if (done) return;
    if (value instanceof Gate) value.waiting.push(process);
    else this.#push(Math.max(this.now, value as number), process);
  }

  #push(cycle: number, what: Event['what']): void {
    const heap = this.#heap;
    const event = { cycle, order: this.#order++, what };
    let at = heap.length;
    heap.push(event);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(event, heap[parent] as Event)) break;
      heap[at] = heap[parent] as Event;
      at = parent;
    }
    heap[at] = event;
  }

  #pop(): Event | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) child++;
      if (!isBefore(heap[child] as Event, last)) break;
      heap[at] = heap[child] as Event;
      at = child;
    }
    heap[at] = last;
    return first;
  }
}

const isBefore = (one: Event, other: Event): boolean =>
  one.cycle < other.cycle || (one.cycle === other.cycle && one.order < other.order);
