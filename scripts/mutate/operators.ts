import type { Expression, Span } from './expression.js';
import type { ModuleSites, Site } from './sites.js';

/** What a mutant changes. */
export const OPERATORS = {
  operator: 'an operator is another one',
  operand: 'an operand is left out',
  constant: 'a constant is the next one, up or down',
  condition: 'a condition is inverted, always true, or never',
  index: 'a bit or a part is taken a place away',
  assignment: 'a register keeps its value, or a value is 0',
} as const;

export type Operator = keyof typeof OPERATORS;

/** A change of a source: what stands in a part of it, in its place. */
export interface Change {
  readonly operator: Operator;
  readonly span: Span;
  /** Verilog of the same width and sign as what it replaces. */
  readonly text: string;
  /** The same as a reader would write it. */
  readonly shown: string;
}

/** Operators that an operator of two operands becomes. */
const OTHERS: Readonly<Record<string, readonly string[]>> = {
  '+': ['-'],
  '-': ['+'],
  '*': ['+'],
  '&': ['|'],
  '|': ['&'],
  '^': ['|'],
  '~^': ['^'],
  '==': ['!='],
  '!=': ['=='],
  '<': ['<=', '>='],
  '<=': ['<', '>'],
  '>': ['>=', '<='],
  '>=': ['>', '<'],
  '&&': ['||'],
  '||': ['&&'],
  '<<': ['>>'],
  '>>': ['<<'],
  '>>>': ['>>'],
};

/** What an operator of one operand becomes. */
const OTHER_UNARY: Readonly<Record<string, string>> = {
  '~': '',
  '!': '|',
  '-': '',
  '&': '|',
  '|': '&',
  '^': '~^',
  '~&': '&',
  '~|': '|',
  '~^': '^',
};

/** Bases of numbers, as Verilog and as JavaScript have them. */
const BASES = { b: { radix: 2, prefix: '0b' }, d: { radix: 10, prefix: '' }, h: { radix: 16, prefix: '0x' } } as const;

const COMPARISONS = ['==', '!=', '<', '<=', '>', '>='];

/** All changes of a module, in the order of its text. */
export function changesOf(source: string, { sites, highest }: Pick<ModuleSites, 'sites' | 'highest'>): Change[] {
  const of = new Changes(source, highest);
  return sites
    .flatMap((site) => of.ofSite(site))
    .sort((x, y) => x.span.start - y.span.start || y.span.end - x.span.end);
}

class Changes {
  constructor(
    private readonly source: string,
    private readonly highest: ReadonlyMap<string, number>,
  ) {}

  ofSite({ expression, use, target }: Site): Change[] {
    return [...this.ofUse(expression, use, target), ...this.ofExpression(expression)];
  }

  private text({ start, end }: Span): string {
    return this.source.slice(start, end);
  }

  private ofUse(span: Expression, use: Site['use'], target: Span | undefined): Change[] {
    if (use === 'condition') return this.ofCondition(span);
    if (use === 'register' && target) {
      const kept = this.text(target);
      return [{ operator: 'assignment', span, text: kept, shown: kept }];
    }
    // A signed 0 leaves signed what it stands beside.
    if (use === 'value') return [{ operator: 'assignment', span, text: "1'sb0", shown: '0' }];
    return [];
  }

  private ofCondition(span: Expression): Change[] {
    const isComparison = span.kind === 'binary' && COMPARISONS.includes(span.sign.text);
    const isInverted = span.kind === 'unary' && ['!', '~'].includes(span.sign.text);
    const inverse = `!(${this.text(span)})`;
    return [
      ...(isComparison || isInverted ? [] : [{ text: inverse, shown: inverse }]),
      ...["1'b1", "1'b0"].map((text) => ({ text, shown: text })),
    ].map((each) => ({ operator: 'condition', span, ...each }));
  }

  private ofExpression(each: Expression): Change[] {
    const inner = 'children' in each ? each.children.flatMap((child) => this.ofExpression(child)) : [];
    return [...this.ofNode(each), ...inner];
  }

  private ofNode(each: Expression): Change[] {
    switch (each.kind) {
      case 'number':
        return this.ofNumber(each);
      case 'select':
        return this.ofSelect(each);
      case 'unary':
        return this.ofUnary(each);
      case 'binary':
        return this.ofBinary(each);
      case 'choice':
        return this.ofCondition(each.children[0]);
      default:
        return [];
    }
  }

  private ofNumber(span: Expression): Change[] {
    const match = /^(?:(\d+)'([bdh]))?([\da-fA-F_]+)$/.exec(this.text(span));
    if (match === null) return [];
    const [, width, base = 'd', digits = ''] = match;
    const { radix, prefix } = BASES[base as keyof typeof BASES];
    const value = BigInt(prefix + digits.replaceAll('_', ''));
    const range = width === undefined ? undefined : 1n << BigInt(width);
    const others = [value + 1n, value - 1n].map((other) => (range === undefined ? other : (other + range) % range));
    return [...new Set(others)]
      .filter((other) => other >= 0n && other !== value)
      .map((other) => {
        const changed = width === undefined ? String(other) : `${width}'${base}${other.toString(radix)}`;
        return { operator: 'constant', span, text: changed, shown: changed };
      });
  }

  private ofSelect({ index, name, ...span }: Extract<Expression, { kind: 'select' }>): Change[] {
    if (index === undefined) return [];
    const { high, low, isBit } = index;
    const moved = low > 0 ? -1 : high < (this.highest.get(name) ?? 0) ? 1 : 0;
    if (moved === 0) return [];
    const before = this.source.slice(span.start, index.start);
    const text = `${before}[${high + moved}${isBit ? '' : `:${low + moved}`}]`;
    return [{ operator: 'index', span, text, shown: text }];
  }

  private ofUnary({ sign, children: [of], ...span }: Extract<Expression, { kind: 'unary' }>): Change[] {
    const other = OTHER_UNARY[sign.text];
    if (other === undefined) return [];
    const operand = this.text(of);
    return [{ operator: 'operator', span, text: `${other}(${operand})`, shown: `${other}${operand}` }];
  }

  private ofBinary({ sign, children, ...span }: Extract<Expression, { kind: 'binary' }>): Change[] {
    const [left, right] = children.map((child) => this.text(child)) as [string, string];
    const others = (OTHERS[sign.text] ?? []).map((other): Change => {
      return { operator: 'operator', span, text: `(${left}) ${other} (${right})`, shown: `${left} ${other} ${right}` };
    });
    const isWord = ['&', '|'].includes(sign.text);
    if (!isWord && !['&&', '||'].includes(sign.text)) return others;
    // The width remains that of both operands.
    const alone = (kept: string, left: string): string =>
      isWord ? `(${kept}) | ((${left}) ^ (${left}))` : `(${kept}) && ((${left}) || 1'b1)`;
    return [
      ...others,
      { operator: 'operand', span, text: alone(left, right), shown: left },
      { operator: 'operand', span, text: alone(right, left), shown: right },
    ];
  }
}
