import { Fault, WrongProgram } from './failure.js';
import type { Running } from './order.js';

const PAGE = 65536;

/** What is known of a byte: nothing, that it was there before the job, or, from 2 on, the place of a store plus 1. */
const UNKNOWN = 0;
const BEFORE = 1;

interface Page {
  readonly bytes: Uint8Array;
  readonly writers: Uint32Array;
  /** Places of loads. */
  readonly readers: Uint32Array;
}

/** Memory outside the engine: any byte of 2^53, of which those exist that somebody wrote. */
export class Memory {
  private readonly pages = new Map<number, Page>();
  private readonly refused: { readonly from: number; readonly to: number; readonly of: 'read' | 'write' }[] = [];

  /** Puts bytes there, as the processor does between jobs. */
  set(address: number, bytes: Uint8Array): void {
    this.each(address, bytes.length, (page, at, from, count) => {
      page.bytes.set(bytes.subarray(from, from + count), at);
      page.writers.fill(BEFORE, at, at + count);
    });
  }

  /** The bytes there; 0 where nobody wrote. */
  get(address: number, count: number): Uint8Array {
    const bytes = new Uint8Array(count);
    this.each(address, count, (page, at, from, length) => {
      bytes.set(page.bytes.subarray(at, at + length), from);
    });
    return bytes;
  }

  /** The place in its program of the store that wrote a byte last; undefined where none did since the job began. */
  writerOf(address: number): number | undefined {
    const writer = this.page(Math.floor(address / PAGE)).writers[address % PAGE] as number;
    return writer > BEFORE ? writer - 2 : undefined;
  }

  /** From now on, reads or writes of these bytes are answered with an error. */
  refuse(of: 'read' | 'write', from: number, bytes: number): void {
    this.refused.push({ of, from, to: from + bytes });
  }

  /** Forgets which commands used which bytes. */
  beginJob(): void {
    for (const { writers, readers } of this.pages.values()) {
      for (let i = 0; i < PAGE; i++) if (writers[i] !== UNKNOWN) writers[i] = BEFORE;
      readers.fill(0);
    }
  }

  /** Reads commands. */
  fetch(address: number, count: number): Uint8Array {
    this.checkAnswer('read', address, count);
    return this.get(address, count);
  }

  /** Reads for a load. */
  load(address: number, count: number, command: Running): Uint8Array {
    this.checkAnswer('read', address, count);
    const bytes = new Uint8Array(count);
    this.each(address, count, ({ bytes: there, writers, readers }, at, from, length) => {
      for (let i = at; i < at + length; i++) {
        const writer = writers[i] as number;
        if (writer === UNKNOWN)
          throw new WrongProgram(`it loads a byte that nothing wrote: ${address + from + i - at}`);
        if (writer > BEFORE) this.checkOrder(writer - 1, command, 'store', address + from + i - at);
        readers[i] = command.place;
      }
      bytes.set(there.subarray(at, at + length), from);
    });
    return bytes;
  }

  /** Writes for a store. */
  store(address: number, bytes: Uint8Array, command: Running): void {
    this.checkAnswer('write', address, bytes.length);
    const place = command.place + 1;
    this.each(address, bytes.length, ({ bytes: there, writers, readers }, at, from, length) => {
      for (let i = at; i < at + length; i++) {
        if (writers[i] === place) throw new WrongProgram(`it stores to a byte twice: ${address + from + i - at}`);
        this.checkOrder(readers[i] as number, command, 'load', address + from + i - at);
        writers[i] = place;
      }
      there.set(bytes.subarray(from, from + length), at);
    });
  }

  private checkAnswer(of: 'read' | 'write', address: number, count: number): void {
    const found = this.refused.find((each) => each.of === of && each.from < address + count && address < each.to);
    if (found) throw new Fault(of, `the bus refuses the ${of}`, Math.max(found.from, address));
  }

  private checkOrder(place: number, command: Running, unit: 'load' | 'store', address: number): void {
    if (command.isAfter(unit, place)) return;
    throw new WrongProgram(`no token orders it behind command ${place - 1}, a ${unit} of byte ${address}`);
  }

  private each(
    address: number,
    count: number,
    visit: (page: Page, at: number, from: number, count: number) => void,
  ): void {
    for (let from = 0; from < count; ) {
      const number = Math.floor((address + from) / PAGE);
      const at = address + from - number * PAGE;
      const length = Math.min(PAGE - at, count - from);
      visit(this.page(number), at, from, length);
      from += length;
    }
  }

  private page(number: number): Page {
    const found = this.pages.get(number);
    if (found) return found;
    const page = {
      bytes: new Uint8Array(PAGE),
      writers: new Uint32Array(PAGE),
      readers: new Uint32Array(PAGE),
    };
    this.pages.set(number, page);
    return page;
  }
}
