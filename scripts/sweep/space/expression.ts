import jsep from 'jsep';
import { UserError } from '../../../gen/base/errors.js';
import { nearWord } from '../../../gen/base/suggest.js';
import {
  BINARY,
  EQUALITY_BINDS,
  equality,
  FUNCTIONS,
  type Kind,
  type Operator,
  UNARY,
  type Value,
} from './operators.js';
import { ANY, EITHER, exactly, type Range } from './range.js';

/** What is known of a name before it has a value. */
export interface NameFacts {
  readonly kind: Kind;
  /** All words that it, or an entry of it, may be. */
  readonly words?: readonly string[];
  /** Of a number; any without. */
  readonly range?: Range;
}

export type Names = ReadonlyMap<string, NameFacts>;
export type Values = ReadonlyMap<string, Value>;
export type Ranges = ReadonlyMap<string, Range>;

/** A part of an expression, its kinds checked. */
export type Node =
  | { readonly type: 'literal'; readonly kind: Kind; readonly value: Value }
  | { readonly type: 'name'; readonly kind: Kind; readonly name: string; readonly facts: NameFacts }
  | {
      readonly type: 'operation';
      readonly kind: Kind;
      /** As it is written: `<=`, `min`. */
      readonly sign: string;
      readonly operator: Operator;
      readonly of: readonly Node[];
    };

/** A checked expression. */
export interface Expression {
  readonly text: string;
  readonly root: Node;
  /** Names that it reads, as the study has them. */
  readonly names: ReadonlySet<string>;
}

jsep.removeAllBinaryOps();
jsep.removeAllUnaryOps();
for (const [sign, { binds }] of Object.entries(BINARY)) jsep.addBinaryOp(sign, binds);
for (const sign of ['==', '!=']) jsep.addBinaryOp(sign, EQUALITY_BINDS);
for (const sign of Object.keys(UNARY)) jsep.addUnaryOp(sign);

/**
 * An expression such as `area per rate`, `rows * cols <= 256 and dataflow == 'ws'`.
 *
 * @throws UserError that says what is wrong with it: its form, a name, a kind.
 */
export function parseExpression(text: string, wanted: Kind, names: Names): Expression {
  const root = checkedNode(parsed(text), names);
  if (root.kind !== wanted) throw new UserError(`is a ${root.kind}, not a ${wanted}`);
  return { text, root, names: namesIn(root) };
}

function parsed(text: string): jsep.Expression {
  try {
    const found = jsep(text);
    if (found.type === 'Compound') {
      throw new UserError(
        (found as jsep.Compound).body.length === 0 ? 'is empty' : 'is several expressions; join them',
      );
    }
    return found;
  } catch (error) {
    if (error instanceof UserError) throw error;
    const { description = 'is no expression', index } = error as Error & { description?: string; index?: number };
    throw new UserError(
      `${description.replace(/^./, (first) => first.toLowerCase())}${index === undefined ? '' : ` (character ${index + 1})`}`,
    );
  }
}

function namesIn(node: Node): Set<string> {
  if (node.type === 'name') return new Set([node.name]);
  return new Set(node.type === 'operation' ? node.of.flatMap((part) => [...namesIn(part)]) : []);
}

function checkedNode(tree: jsep.Expression, names: Names): Node {
  const expression = tree as jsep.CoreExpression;
  switch (expression.type) {
    case 'Literal':
      return literal(expression.value);
    case 'Identifier':
    case 'MemberExpression':
      return named(dotted(expression), names);
    case 'UnaryExpression':
      return operation(expression.operator, UNARY[expression.operator] as Operator, [
        checkedNode(expression.argument, names),
      ]);
    case 'BinaryExpression': {
      const { operator: sign, left, right } = expression;
      const of = [checkedNode(left, names), checkedNode(right, names)];
      const operator = BINARY[sign]?.operator ?? equality((of[0] as Node).kind, sign === '==');
      return operation(sign, operator, of);
    }
    case 'CallExpression': {
      const name = expression.callee.type === 'Identifier' ? String(expression.callee.name) : '';
      const operator = Object.hasOwn(FUNCTIONS, name) ? FUNCTIONS[name] : undefined;
      if (operator === undefined) {
        throw new UserError(`${name} is no function; there are ${Object.keys(FUNCTIONS).join(', ')}`);
      }
      return operation(
        name,
        operator,
        expression.arguments.map((part) => checkedNode(part, names)),
      );
    }
    default:
      throw new UserError('may have numbers, names, words in quotes, operators and functions only');
  }
}

function literal(value: unknown): Node {
  if (typeof value === 'number') return { type: 'literal', kind: 'number', value };
  if (typeof value === 'boolean') return { type: 'literal', kind: 'condition', value };
  if (typeof value === 'string') return { type: 'literal', kind: 'word', value };
  throw new UserError(`${String(value)} is neither a number nor a word`);
}

/** `cycles.ResNet18` as a name. */
function dotted(expression: jsep.Expression): string {
  if (expression.type === 'Identifier') return String(expression.name);
  const { object, property, computed } = expression as jsep.MemberExpression;
  if (expression.type !== 'MemberExpression' || computed) throw new UserError('names are words with points between');
  return `${dotted(object)}.${dotted(property)}`;
}

/** A name, or the first part of the only name that begins so. */
function named(name: string, names: Names): Node {
  const longer = [...names.keys()].filter((each) => each.startsWith(`${name}.`));
  const whole = names.has(name) ? name : longer.length === 1 ? longer[0] : undefined;
  const facts = whole === undefined ? undefined : names.get(whole);
  if (whole !== undefined && facts !== undefined) return { type: 'name', kind: facts.kind, name: whole, facts };
  if (longer.length > 1) throw new UserError(`${name} is one of ${longer.join(', ')}; name which`);
  const nearest = nearWord(name, [...names.keys()]);
  throw new UserError(
    `${name} is neither a parameter nor a value of a metric; ${nearest === undefined ? `there are ${[...names.keys()].join(', ')}` : `did you mean ${nearest}?`}`,
  );
}

function operation(sign: string, operator: Operator, of: readonly Node[]): Node {
  const { takes, more = false, gives } = operator;
  if (of.length < takes.length || (of.length > takes.length && !more)) {
    throw new UserError(`${sign} takes ${takes.length}${more ? ' or more' : ''} values, and has ${of.length}`);
  }
  for (const [i, part] of of.entries()) {
    const kind = takes[Math.min(i, takes.length - 1)] as Kind;
    if (part.kind !== kind) throw new UserError(`${sign} takes a ${kind}, and has a ${part.kind}`);
  }
  requireKnownWords(of);
  return { type: 'operation', kind: gives, sign, operator, of };
}

/** A word that a name can never be is a slip. */
function requireKnownWords(of: readonly Node[]): void {
  const known = of.flatMap((part) => (part.type === 'name' && part.facts.words ? [part] : []))[0];
  const words = known?.facts.words;
  if (words === undefined) return;
  for (const part of of) {
    if (part.type !== 'literal' || part.kind !== 'word' || words.includes(String(part.value))) continue;
    throw new UserError(`${known?.name} is never '${part.value}'; it is one of ${words.join(', ')}`);
  }
}

/** The value of an expression; a number that is not known is NaN, and no condition on it holds. */
export function evaluated(expression: Expression, values: Values): Value {
  return nodeValue(expression.root, values);
}

function nodeValue(node: Node, values: Values): Value {
  switch (node.type) {
    case 'literal':
      return node.value;
    case 'name':
      return values.get(node.name) ?? Number.NaN;
    case 'operation':
      return node.operator.of(...(node.of.map((part) => nodeValue(part, values)) as never[]));
  }
}

/** The values that a part of an expression may have, its names being in these ranges, or else in their own. */
export function rangeOf(node: Node, ranges: Ranges = new Map()): Range {
  const any = node.kind === 'condition' ? EITHER : ANY;
  switch (node.type) {
    case 'literal':
      return typeof node.value === 'number' || typeof node.value === 'boolean' ? exactly(Number(node.value)) : any;
    case 'name':
      return ranges.get(node.name) ?? node.facts.range ?? any;
    case 'operation':
      return node.operator.range?.(...node.of.map((part) => rangeOf(part, ranges))) ?? any;
  }
}
