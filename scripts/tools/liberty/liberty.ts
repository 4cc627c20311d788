import { evaluateFunction, parseFunction, pinsOf } from './boolean.js';
import { attribute, groups, type RegisterGroup, registerGroup, withoutComments } from './liberty-text.js';

/** What the area report needs of a cell of a Liberty file. */
export interface LibertyCell {
  readonly name: string;
  readonly area: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly fn?: string }[];
  /** Of a flip-flop, the pins and states that its next state depends on. */
  readonly nextState?: readonly string[];
  /** Of a plain latch, without set and reset. */
  readonly latch?: LibertyLatch;
}

/** The pins of a latch. */
export interface LibertyLatch {
  readonly data: string;
  readonly enable: string;
  /** Whether it is open while its enable is low. */
  readonly openLow: boolean;
  readonly output: string;
}

/** The cells of a Liberty file: names, areas, pins and boolean functions; all else is skipped. */
export function libertyCells(text: string): LibertyCell[] {
  return groups(withoutComments(text), 'cell').map(({ name, body }) => {
    const pins = groups(body, 'pin');
    const direction = (wanted: string) => pins.filter((pin) => attribute(pin.body, 'direction') === wanted);
    const register = registerGroup(body);
    const next = register && parseFunction(attribute(register.body, 'next_state') ?? '');
    const inputs = direction('input').map((pin) => pin.name);
    const outputs = direction('output').map((pin) => {
      const fn = attribute(pin.body, 'function');
      return { name: pin.name, ...(fn === undefined ? {} : { fn }) };
    });
    const latch = register && plainLatch(register, inputs, outputs);
    return {
      ...{ name, area: Number(attribute(body, 'area') ?? Number.NaN), inputs, outputs },
      ...(next ? { nextState: pinsOf(next) } : {}),
      ...(latch ? { latch } : {}),
    };
  });
}

/** The pins of a register that is a latch with a data and an enable input and one output; undefined of any other. */
function plainLatch(
  { kind, names, body }: RegisterGroup,
  inputs: readonly string[],
  outputs: LibertyCell['outputs'],
): LibertyLatch | undefined {
  const [output, ...others] = outputs;
  if (kind !== 'latch' || inputs.length !== 2 || output === undefined || others.length > 0) return undefined;
  if (attribute(body, 'clear') !== undefined || attribute(body, 'preset') !== undefined) return undefined;
  const [data, enable] = ['data_in', 'enable'].map((name) => literalOf(attribute(body, name) ?? ''));
  if (data === undefined || enable === undefined || data.inverted || output.fn !== names[0]) return undefined;
  if (!inputs.every((pin) => pin === data.pin || pin === enable.pin)) return undefined;
  return { data: data.pin, enable: enable.pin, openLow: enable.inverted, output: output.name };
}

/** A function that is a pin or its inverse; undefined of any other. */
function literalOf(text: string): { readonly pin: string; readonly inverted: boolean } | undefined {
  const fn = parseFunction(text);
  const [pin, ...more] = fn ? pinsOf(fn) : [];
  if (pin === undefined || more.length > 0) return undefined;
  return { pin, inverted: evaluateFunction(text, { [pin]: true }) === false };
}

/** The name of a Liberty file's library. */
export function libertyName(text: string): string | undefined {
  return /\blibrary\s*\(\s*"?([^")\s]+)"?\s*\)/.exec(text)?.[1];
}

/** Whether a library's cells have delays, as tables over input slope and load. */
export function hasDelays(text: string): boolean {
  return /\bcell_rise\s*\(/.test(text) && /\bcell_fall\s*\(/.test(text);
}

/** The smallest 2-input NAND of a library, found by its function. */
export function smallestNand2(cells: readonly LibertyCell[]): LibertyCell | undefined {
  return cells.filter(isNand2).reduce<LibertyCell | undefined>((least, cell) => {
    return least === undefined || cell.area < least.area ? cell : least;
  }, undefined);
}

/** The smallest plain latch of a library; of two of one size the one that is open while its enable is low. */
export function smallestLatch(cells: readonly LibertyCell[]): (LibertyCell & { latch: LibertyLatch }) | undefined {
  return cells
    .flatMap(({ latch, ...cell }) => (latch === undefined ? [] : [{ ...cell, latch }]))
    .sort((x, y) => x.area - y.area || Number(y.latch.openLow) - Number(x.latch.openLow))[0];
}

/** The smallest buffer of a library, found by its function. */
export function smallestBuffer(cells: readonly LibertyCell[]): LibertyCell | undefined {
  return cells.filter(isBuffer).reduce<LibertyCell | undefined>((least, cell) => {
    return least === undefined || cell.area < least.area ? cell : least;
  }, undefined);
}

/** Whether a cell is a D flip-flop: one whose next state is that of an input, or its inverse. */
export function isDFlipFlop({ inputs, nextState = [] }: LibertyCell): boolean {
  const [data = '', ...more] = nextState;
  return more.length === 0 && inputs.includes(data);
}

function isBuffer({ area, inputs, outputs }: LibertyCell): boolean {
  const [input, ...more] = inputs;
  const [output, ...others] = outputs;
  if (!(area > 0) || input === undefined || more.length > 0 || output?.fn === undefined || others.length > 0)
    return false;
  const { fn } = output;
  return [false, true].every((value) => evaluateFunction(fn, { [input]: value }) === value);
}

function isNand2({ area, inputs, outputs }: LibertyCell): boolean {
  const [a, b, ...more] = inputs;
  const [output, ...others] = outputs;
  if (!(area > 0) || a === undefined || b === undefined || more.length > 0) return false;
  if (output?.fn === undefined || others.length > 0) return false;
  const { fn } = output;
  return [0, 1, 2, 3].every((i) => {
    const [x, y] = [i > 1, i % 2 === 1];
    return evaluateFunction(fn, { [a]: x, [b]: y }) === !(x && y);
  });
}
