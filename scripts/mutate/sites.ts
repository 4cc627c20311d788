import { type Expression, Reader, readExpression, type Span } from './expression.js';
import { type Token, tokensOf } from './tokens.js';

/** A place of a module where an expression is used. */
export interface Site {
  readonly expression: Expression;
  /** `value`: what is assigned at once. `register`: what a register takes at an edge. `condition`: of an if. `other`: all else. */
  readonly use: 'value' | 'register' | 'condition' | 'other';
  /** What is assigned to. */
  readonly target?: Span;
}

/** What a module holds that mutants are made of. */
export interface ModuleSites {
  readonly name: string;
  /** Where its first item stands: behind the ports. */
  readonly body: number;
  readonly sites: readonly Site[];
  /** The highest bits of signals whose range is a constant. */
  readonly highest: ReadonlyMap<string, number>;
}

/** Reads the one module of a source as the generator writes them. @throws Error at what it does not write. */
export function moduleSites(source: string): ModuleSites {
  return new ModuleReader(new Reader(source, tokensOf(source))).read();
}

class ModuleReader {
  private readonly sites: Site[] = [];
  private readonly highest = new Map<string, number>();

  constructor(private readonly reader: Reader) {}

  read(): ModuleSites {
    const { reader, sites, highest } = this;
    reader.expect('module');
    const name = reader.take().text;
    if (reader.skip('#')) {
      reader.expect('(');
      this.constants(')');
    }
    if (reader.is('(')) this.ports();
    const { end: body } = reader.expect(';');
    while (!reader.is('endmodule')) this.item();
    return { name, body, sites, highest };
  }

  /** The list of ports, for their widths. */
  private ports(): void {
    const { reader } = this;
    reader.expect('(');
    while (!reader.skip(')')) {
      const token = reader.take();
      if (token.kind === 'end') throw reader.error('the ports have no end', token);
      if (token.text === '[') this.range();
    }
  }

  /** Constants, up to a token behind them: a name each, before `=` or alone. */
  private constants(end: string): void {
    const { reader } = this;
    do {
      while (reader.is('parameter', 'integer', 'signed')) reader.take();
      if (reader.skip('[')) reader.skipBehind(']');
      reader.constants.add(reader.take().text);
    } while (reader.skipBehind(',', end).text === ',');
  }

  /** `7:0] name` behind the bracket. */
  private range(): void {
    const { reader } = this;
    const high = readExpression(reader);
    reader.expect(':');
    readExpression(reader);
    reader.expect(']');
    const { kind, text } = reader.peek();
    const bit = Number(reader.text(high));
    if (kind === 'name' && Number.isInteger(bit)) this.highest.set(text, bit);
  }

  private item(): void {
    const { reader } = this;
    const first = reader.take();
    switch (first.text) {
      case 'localparam':
      case 'parameter':
      case 'genvar':
        this.constants(';');
        return;
      case 'integer':
        reader.skipBehind(';');
        return;
      case 'wire':
      case 'reg':
      case 'tri':
        this.declaration();
        return;
      case 'assign':
        this.assignment();
        reader.expect(';');
        return;
      case 'always':
        this.sensitivity();
        this.statement();
        return;
      case 'initial':
        // What a memory holds at power-up is for simulation alone.
        this.skipStatement();
        return;
      case 'function':
        this.function();
        return;
      case 'generate':
      case 'endgenerate':
      case ';':
        return;
      case 'for':
        reader.expect('(');
        reader.skipBehind(')');
        this.block();
        return;
      case 'if':
        reader.expect('(');
        reader.skipBehind(')');
        this.block();
        if (reader.skip('else')) this.block();
        return;
      case 'begin':
        this.items();
        return;
      default:
        if (first.kind !== 'name') throw reader.error('an item of a module is expected', first);
        // An instance.
        reader.skipBehind(';');
    }
  }

  /** Items of a generate block, or one. */
  private block(): void {
    if (this.reader.skip('begin')) this.items();
    else this.item();
  }

  private items(): void {
    const { reader } = this;
    if (reader.skip(':')) reader.take();
    while (!reader.skip('end')) this.item();
  }

  /** `signed [7:0] name [0:3] = value, ...;` behind the first word. */
  private declaration(): void {
    const { reader } = this;
    reader.skip('signed');
    if (reader.skip('[')) this.range();
    do {
      const target = reader.take();
      if (reader.is('[')) {
        // The words of a memory.
        reader.take();
        reader.skipBehind(']');
        this.highest.delete(target.text);
      }
      if (reader.skip('=')) this.add(readExpression(reader), 'value', target);
    } while (reader.skip(','));
    reader.expect(';');
  }

  private sensitivity(): void {
    const { reader } = this;
    reader.expect('@');
    if (reader.skip('*')) return;
    reader.expect('(');
    reader.skipBehind(')');
  }

  private function(): void {
    const { reader } = this;
    reader.skip('signed');
    if (reader.skip('[')) this.range();
    reader.take();
    if (reader.is('(')) this.ports();
    reader.expect(';');
    while (reader.is('reg', 'integer', 'input')) {
      const { text } = reader.take();
      if (text === 'reg') this.declaration();
      else reader.skipBehind(';');
    }
    this.statement();
    reader.expect('endfunction');
  }

  private statement(): void {
    const { reader } = this;
    if (reader.skip('begin')) {
      if (reader.skip(':')) reader.take();
      while (!reader.skip('end')) this.statement();
      return;
    }
    if (reader.skip('if')) {
      reader.expect('(');
      this.add(readExpression(reader), 'condition');
      reader.expect(')');
      this.statement();
      if (reader.skip('else')) this.statement();
      return;
    }
    if (reader.is('case', 'casez')) {
      this.cases();
      return;
    }
    if (reader.skip('for')) {
      reader.expect('(');
      reader.skipBehind(')');
      this.statement();
      return;
    }
    if (reader.skip(';')) return;
    this.assignment();
    reader.expect(';');
  }

  private cases(): void {
    const { reader } = this;
    const { text } = reader.take();
    reader.expect('(');
    this.add(readExpression(reader), 'other');
    reader.expect(')');
    while (!reader.skip('endcase')) {
      if (!reader.skip('default')) {
        do {
          const item = readExpression(reader);
          // Items of casez have bits that do not count.
          if (text === 'case') this.add(item, 'other');
        } while (reader.skip(','));
        reader.expect(':');
      } else reader.skip(':');
      this.statement();
    }
  }

  /** `target = value` or `target <= value`. */
  private assignment(): void {
    const { reader } = this;
    const target = this.target();
    const sign = reader.take();
    if (sign.text !== '=' && sign.text !== '<=') throw reader.error('an assignment is expected', sign);
    this.add(readExpression(reader), sign.text === '=' ? 'value' : 'register', target);
  }

  private target(): Span {
    const { reader } = this;
    const { start, text } = reader.peek();
    let last: Token = reader.take();
    if (text === '{') last = reader.skipBehind('}');
    while (reader.is('[', '.')) last = reader.take().text === '[' ? reader.skipBehind(']') : reader.take();
    return { start, end: last.end };
  }

  private skipStatement(): void {
    const { reader } = this;
    if (reader.skip('begin')) reader.skipBehind('end');
    else reader.skipBehind(';');
  }

  private add(expression: Expression, use: Site['use'], target?: Span): void {
    this.sites.push({ expression, use, ...(target && { target }) });
  }
}
