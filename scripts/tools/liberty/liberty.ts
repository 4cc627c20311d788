import { evaluateFunction, parseFunction, pinsOf } from './boolean.js';
import { attribute, groups, registerGroup, withoutComments } from './liberty-text.js';

/** What the area report needs of a cell of a Liberty file. */
export interface LibertyCell {
  readonly name: string;
  readonly area: number;
  readonly inputs: readonly string[];
  readonly outputs: readonly { readonly name: string; readonly fn?: string }[];
  /** Of a flip-flop, the pins and states that its next state depends on. */
  readonly nextState?: readonly string[];
}

/** The cells of a Liberty file: names, areas, pins and boolean functions; all else is skipped. */
export function libertyCells(text: string): LibertyCell[] {
  return groups(withoutComments(text), 'cell').map(({ name, body }) => {
    const pins = groups(body, 'pin');
    const direction = (wanted: string) => pins.filter((pin) => attribute(pin.body, 'direction') === wanted);
    const register = registerGroup(body);
    const next = register && parseFunction(attribute(register.body, 'next_state') ?? '');
    return {
      name,
      area: Number(attribute(body, 'area') ?? Number.NaN),
      inputs: direction('input').map((pin) => pin.name),
      outputs: direction('output').map((pin) => {
        const fn = attribute(pin.body, 'function');
        return { name: pin.name, ...(fn === undefined ? {} : { fn }) };
      }),
      ...(next ? { nextState: pinsOf(next) } : {}),
    };
  });
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
