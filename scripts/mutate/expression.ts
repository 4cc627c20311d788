import type { Token } from './tokens.js';

/** A part of a source. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** An expression of Verilog. Its children are those that may be anything: no bounds of a part, no counts. */
export type Expression = Span &
  (
    | { readonly kind: 'number' | 'name' | 'string' }
    | {
        readonly kind: 'select';
        readonly name: string;
        readonly index: Index;
        readonly children: readonly Expression[];
      }
    | { readonly kind: 'list'; readonly children: readonly Expression[] }
    | { readonly kind: 'unary'; readonly sign: Token; readonly children: readonly [Expression] }
    | { readonly kind: 'binary'; readonly sign: Token; readonly children: readonly [Expression, Expression] }
    | { readonly kind: 'choice'; readonly children: readonly [Expression, Expression, Expression] }
  );

/** What stands between the last brackets of a select: constant bounds, or anything else. */
export type Index = (Span & { readonly high: number; readonly low: number; readonly isBit: boolean }) | undefined;

/** Reads tokens one after the other. */
export class Reader {
  private at = 0;

  /** Names of constants that were read so far. An index of nothing else is a constant: a wrong one is lint's to find. */
  readonly constants = new Set<string>();

  constructor(
    readonly source: string,
    private readonly tokens: readonly Token[],
  ) {}

  peek(ahead = 0): Token {
    return this.tokens[Math.min(this.at + ahead, this.tokens.length - 1)] as Token;
  }

  take(): Token {
    const token = this.peek();
    this.at++;
    return token;
  }

  is(...texts: readonly string[]): boolean {
    return texts.includes(this.peek().text);
  }

  skip(text: string): boolean {
    if (!this.is(text)) return false;
    this.at++;
    return true;
  }

  expect(text: string): Token {
    const token = this.take();
    if (token.text !== text) throw this.error(`${text} is expected`, token);
    return token;
  }

  /** Skips to behind a token, over whole brackets. */
  skipBehind(...texts: readonly string[]): Token {
    while (true) {
      const token = this.take();
      if (token.kind === 'end') throw this.error(`${texts.join(' or ')} is missing`, token);
      if (texts.includes(token.text)) return token;
      const closing = CLOSING[token.text];
      if (closing !== undefined) this.skipBehind(closing);
    }
  }

  error(what: string, { start }: Span): Error {
    const line = this.source.slice(0, start).split('\n').length;
    return new Error(`line ${line}: ${what}: ${this.source.slice(start, start + 30).split('\n')[0]}`);
  }

  text({ start, end }: Span): string {
    return this.source.slice(start, end);
  }
}

const CLOSING: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}', begin: 'end', case: 'endcase' };

/** How tightly operators of two operands bind. */
const BINDS: ReadonlyMap<string, number> = new Map(
  [
    ['||'],
    ['&&'],
    ['|'],
    ['^', '~^', '^~'],
    ['&'],
    ['==', '!=', '===', '!=='],
    ['<', '<=', '>', '>='],
    ['<<', '>>', '<<<', '>>>'],
    ['+', '-'],
    ['*', '/', '%'],
    ['**'],
  ].flatMap((signs, level) => signs.map((sign) => [sign, level] as const)),
);

const UNARY = ['+', '-', '!', '~', '&', '~&', '|', '~|', '^', '~^', '^~'];

export function readExpression(reader: Reader): Expression {
  const condition = readBinary(reader, 0);
  if (!reader.skip('?')) return condition;
  const yes = readExpression(reader);
  reader.expect(':');
  const no = readExpression(reader);
  return { kind: 'choice', start: condition.start, end: no.end, children: [condition, yes, no] };
}

function readBinary(reader: Reader, least: number): Expression {
  let left = readUnary(reader);
  while (true) {
    const sign = reader.peek();
    const level = sign.kind === 'sign' ? BINDS.get(sign.text) : undefined;
    if (level === undefined || level < least) return left;
    reader.take();
    const right = readBinary(reader, level + 1);
    left = { kind: 'binary', sign, start: left.start, end: right.end, children: [left, right] };
  }
}

function readUnary(reader: Reader): Expression {
  const sign = reader.peek();
  if (sign.kind !== 'sign' || !UNARY.includes(sign.text)) return readPrimary(reader);
  reader.take();
  const of = readUnary(reader);
  return { kind: 'unary', sign, start: sign.start, end: of.end, children: [of] };
}

function readPrimary(reader: Reader): Expression {
  const first = reader.peek();
  if (first.kind === 'number' || first.kind === 'string') {
    const { kind, start, end } = reader.take();
    return { kind: kind as 'number' | 'string', start, end };
  }
  if (first.kind === 'name') return readName(reader);
  if (reader.is('(')) return readList(reader, '(', ')');
  if (reader.is('{')) return readBraces(reader);
  throw reader.error('an expression is expected', first);
}

function readList(reader: Reader, open: string, close: string, start = reader.peek().start): Expression {
  reader.expect(open);
  const children: Expression[] = [];
  if (!reader.is(close)) {
    do children.push(readExpression(reader));
    while (reader.skip(','));
  }
  const { end } = reader.expect(close);
  return { kind: 'list', start, end, children };
}

/** `{a, b}` or `{count{a, b}}`. */
function readBraces(reader: Reader): Expression {
  const { start } = reader.peek();
  let depth = 0;
  for (let ahead = 1; ; ahead++) {
    const { text, kind } = reader.peek(ahead);
    if (kind === 'end' || (depth === 0 && [',', '}'].includes(text))) return readList(reader, '{', '}');
    if (depth === 0 && text === '{' && ahead > 1 && endsOperand(reader.peek(ahead - 1))) break;
    if (['(', '[', '{'].includes(text)) depth++;
    if ([')', ']', '}'].includes(text)) depth--;
  }
  reader.expect('{');
  // The count is a constant.
  readExpression(reader);
  const { children } = readList(reader, '{', '}') as Extract<Expression, { kind: 'list' }>;
  const { end } = reader.expect('}');
  return { kind: 'list', start, end, children };
}

const endsOperand = ({ kind, text }: Token): boolean =>
  kind === 'name' || kind === 'number' || text === ')' || text === ']';

/** A name with its selects, or a call. */
function readName(reader: Reader): Expression {
  const { start, text } = reader.take();
  let end = start + text.length;
  if (reader.is('(')) return readList(reader, '(', ')', start);
  let isPath = false;
  let index: Index;
  const children: Expression[] = [];
  while (reader.is('[', '.')) {
    if (reader.skip('.')) {
      isPath = true;
      end = reader.take().end;
      continue;
    }
    const select = readSelect(reader);
    index = select.index;
    children.push(...select.children);
    end = select.end;
  }
  if (index === undefined && children.length === 0) return { kind: 'name', start, end };
  // Names of places in the hierarchy are constants, and so are their indices.
  return isPath ? { kind: 'name', start, end } : { kind: 'select', start, end, name: text, index, children };
}

/** `[i]`, `[h:l]`, `[base +: width]`. */
function readSelect(reader: Reader): Span & { readonly index: Index; readonly children: readonly Expression[] } {
  const { start } = reader.expect('[');
  const first = readExpression(reader);
  const second = reader.is(':', '+:', '-:') ? reader.take().text : undefined;
  const bound = second === undefined ? first : readExpression(reader);
  const { end } = reader.expect(']');
  const [high, low] = [first, bound].map((each) => constantOf(reader.text(each))) as [number?, number?];
  const isNumber = high !== undefined && low !== undefined && second !== '+:' && second !== '-:';
  const isConstant = namesIn(reader.text(first)).every((name) => reader.constants.has(name));
  return {
    ...{ start, end, index: isNumber ? { start, end, high, low, isBit: second === undefined } : undefined },
    children: isConstant || second === ':' ? [] : [first],
  };
}

/** The names in an expression that holds no based numbers. */
const namesIn = (text: string): string[] => [...text.matchAll(/\b[A-Za-z_]\w*/g)].map(([name]) => name);

const constantOf = (text: string): number | undefined => (/^\d+$/.test(text) ? Number(text) : undefined);
