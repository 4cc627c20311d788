import { literal } from './verilog.js';

/** A register as a template declares and loads it. */
export interface RegisterView {
  readonly name: string;
  readonly width: number;
  /** What it takes at a clock edge. */
  readonly next: string;
}

/** A register in which a bit moves up by a place a cycle. */
export interface ShiftView extends RegisterView {
  /** The bit that leaves it. */
  readonly last: string;
  readonly zero: string;
}

/** A shift register of `bits` bits that takes `into` at its low end. */
export function shiftRegister(name: string, bits: number, into: string): ShiftView {
  return {
    name,
    width: bits,
    next: bits > 1 ? `{${name}[${bits - 2}:0], ${into}}` : into,
    last: bits > 1 ? `${name}[${bits - 1}]` : name,
    zero: literal(bits, 0),
  };
}

/** A signal that a module passes on a cycle later, through `<name>_q`. */
export interface PassedView {
  readonly name: string;
  readonly width: number;
}

/** Passed signals; those of no bits are left out. */
export const passed = (widths: Readonly<Record<string, number>>): PassedView[] =>
  Object.entries(widths)
    .filter(([, width]) => width > 0)
    .map(([name, width]) => ({ name, width }));
