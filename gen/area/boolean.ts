/** A boolean function of pins. */
export type BooleanFunction =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'pin'; readonly name: string }
  | { readonly kind: 'not'; readonly operand: BooleanFunction }
  | { readonly kind: 'and' | 'or' | 'xor'; readonly left: BooleanFunction; readonly right: BooleanFunction };

/**
 * A boolean function as Liberty writes it: `!` before or `'` behind an operand, `&`, `*` or nothing for and, `|` or `+` for
 * or, `^`, parentheses, 0 and 1. Undefined where the text is no such function.
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
  return evaluate(fn, (pin) => (inputs[pin] ? 1 : 0)) === 1;
}

/**
 * The value of a function, bit by bit of words: `pin` gives the word of a pin, whose bits are its values in as many
 * situations. Of single bits, bit 0 counts and the result is 0 or 1.
 */
export function evaluate(fn: BooleanFunction, pin: (name: string) => number, ones = 1): number {
  switch (fn.kind) {
    case 'constant':
      return fn.value ? ones : 0;
    case 'pin':
      return pin(fn.name);
    case 'not':
      return evaluate(fn.operand, pin, ones) ^ ones;
    case 'and':
      return evaluate(fn.left, pin, ones) & evaluate(fn.right, pin, ones);
    case 'or':
      return evaluate(fn.left, pin, ones) | evaluate(fn.right, pin, ones);
    case 'xor':
      return evaluate(fn.left, pin, ones) ^ evaluate(fn.right, pin, ones);
  }
}
