/**
 * Evaluates a boolean function as Liberty writes it: `!` before or `'` behind an operand, `&`, `*` or nothing for and,
 * `|` or `+` for or, `^`, parentheses, 0 and 1. Undefined where the text is no such function.
 */
export function evaluateFunction(text: string, inputs: Readonly<Record<string, boolean>>): boolean | undefined {
  const tokens = text.match(/[A-Za-z_]\w*|[01]|\S/g) ?? [];
  let position = 0;
  const peek = (): string => tokens[position] ?? '';
  const fail = (): never => {
    throw new SyntaxError(text);
  };
  const operand = (): boolean => {
    const token = peek();
    position += 1;
    if (token === '!') return !operand();
    let value: boolean;
    if (token === '(') {
      value = either();
      if (peek() !== ')') fail();
      position += 1;
    } else value = token === '1' || (token === '0' ? false : (inputs[token] ?? fail()));
    while (peek() === "'") {
      position += 1;
      value = !value;
    }
    return value;
  };
  const startsOperand = (): boolean => /^[A-Za-z_01(!]/.test(peek());
  const exclusive = (): boolean => {
    let value = operand();
    while (peek() === '^') {
      position += 1;
      value = operand() !== value;
    }
    return value;
  };
  const both = (): boolean => {
    let value = exclusive();
    while (peek() === '&' || peek() === '*' || startsOperand()) {
      if (!startsOperand()) position += 1;
      value = exclusive() && value;
    }
    return value;
  };
  const either = (): boolean => {
    let value = both();
    while (peek() === '|' || peek() === '+') {
      position += 1;
      value = both() || value;
    }
    return value;
  };
  try {
    const value = either();
    return position === tokens.length ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
