/** A boolean function of pins. */
export type BooleanFunction =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'pin'; readonly name: string }
  | { readonly kind: 'not'; readonly operand: BooleanFunction }
  | { readonly kind: 'and' | 'or' | 'xor'; readonly left: BooleanFunction; readonly right: BooleanFunction };

/**
 * A boolean function as Liberty writes it: `!` before or `'` behind an operand, `&`, `*` or nothing for and, `|` or `+` for
 * or, `^`, parentheses, 0 and 1. Undefined where the text is not such a function.
 */
export function parseFunction(text: string): BooleanFunction | undefined {
  const tokens = text.match(/[A-Za-z_]\w*|[01]|\S/g) ?? [];
  let position = 0;
  const peek = (): string => tokens[position] ?? '';
  const operand = (): BooleanFunction => {
    const token = peek();
    position += 1;
    if (token === '!') return { kind: 'not', operand: operand() };
    let value: BooleanFunction;
    if (token === '(') {
      value = either();
      if (peek() !== ')') throw new SyntaxError(text);
      position += 1;
    } else if (token === '0' || token === '1') value = { kind: 'constant', value: token === '1' };
    else if (/^[A-Za-z_]/.test(token)) value = { kind: 'pin', name: token };
    else throw new SyntaxError(text);
    while (peek() === "'") {
      position += 1;
      value = { kind: 'not', operand: value };
    }
    return value;
  };
  const startsOperand = (): boolean => /^[A-Za-z_01(!]/.test(peek());
  const exclusive = (): BooleanFunction => {
    let left = operand();
    while (peek() === '^') {
      position += 1;
      left = { kind: 'xor', left, right: operand() };
    }
    return left;
  };
  const both = (): BooleanFunction => {
    let left = exclusive();
    while (peek() === '&' || peek() === '*' || startsOperand()) {
      if (!startsOperand()) position += 1;
      left = { kind: 'and', left, right: exclusive() };
    }
    return left;
  };
  const either = (): BooleanFunction => {
    let left = both();
    while (peek() === '|' || peek() === '+') {
      position += 1;
      left = { kind: 'or', left, right: both() };
    }
    return left;
  };
  try {
    const value = either();
    return position === tokens.length ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The pins of a function, each once. */
export function pinsOf(fn: BooleanFunction): string[] {
  switch (fn.kind) {
    case 'constant':
      return [];
    case 'pin':
      return [fn.name];
    case 'not':
      return pinsOf(fn.operand);
    case 'and':
    case 'or':
    case 'xor':
      return [...new Set([...pinsOf(fn.left), ...pinsOf(fn.right)])];
  }
}

/** The value of a function as Liberty writes it; undefined where the text is none, or has other pins than the inputs. */
export function evaluateFunction(text: string, inputs: Readonly<Record<string, boolean>>): boolean | undefined {
  const fn = parseFunction(text);
  if (fn === undefined || pinsOf(fn).some((pin) => inputs[pin] === undefined)) return undefined;
  return onWords(fn, (pin) => () => (inputs[pin] ? -1 : 0))(0) === -1;
}

/** A word of values by its place among the words of a wave. */
export type Words = (place: number) => number;

/**
 * A function on words, bit by bit: each bit stands for a situation of its own. `source` gives the words of a pin; the bits of
 * no situation may come out as 1.
 */
export function onWords(fn: BooleanFunction, source: (pin: string) => Words): Words {
  switch (fn.kind) {
    case 'constant': {
      const word = fn.value ? -1 : 0;
      return () => word;
    }
    case 'pin':
      return source(fn.name);
    case 'not': {
      const operand = onWords(fn.operand, source);
      return (place) => ~operand(place);
    }
    case 'and':
    case 'or':
    case 'xor': {
      const [left, right] = [onWords(fn.left, source), onWords(fn.right, source)];
      if (fn.kind === 'and') return (place) => left(place) & right(place);
      if (fn.kind === 'or') return (place) => left(place) | right(place);
      return (place) => left(place) ^ right(place);
    }
  }
}
