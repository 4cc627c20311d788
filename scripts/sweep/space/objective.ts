import { UserError } from '../../../gen/base/errors.js';
import {
  type Expression,
  evaluated,
  type Names,
  type Node,
  parseExpression,
  type Ranges,
  rangeOf,
  type Values,
} from './expression.js';
import { isNever, type Range, shared } from './range.js';

/** What is to be made small or large. */
export interface Goal {
  readonly sense: 'minimise' | 'maximise';
  readonly expression: Expression;
}

/** Goals, and conditions that a point must meet. */
export interface Objective {
  readonly goals: readonly Goal[];
  readonly conditions: readonly Expression[];
}

const SENTENCE = /^\s*(minimi[sz]e|maximi[sz]e)\s+(.*?)(?:\s+subject\s+to\s+(.*))?\s*$/s;

/**
 * A sentence such as `minimise area per rate subject to accuracy >= 90`.
 *
 * @throws UserError that says what is wrong with it.
 */
export function parseObjective(text: string, names: Names): Objective {
  const [, verb, goal = '', condition] = SENTENCE.exec(text) ?? [];
  if (verb === undefined) throw new UserError('begins with minimise or maximise');
  const sense = verb.startsWith('min') ? 'minimise' : 'maximise';
  return {
    goals: [{ sense, expression: parseExpression(goal, 'number', names) }],
    conditions: condition === undefined ? [] : [parseExpression(condition, 'condition', names)],
  };
}

/** Parts that must all hold for a condition to hold. */
const parts = (node: Node): readonly Node[] =>
  node.type === 'operation' && node.sign === 'and' ? node.of.flatMap(parts) : [node];

const MIRRORED: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==' };

/** What a comparison of a name with what has one value leaves of the name: `accuracy >= 90`. */
function narrowing(node: Node): readonly [name: string, range: Range] | undefined {
  if (node.type !== 'operation' || MIRRORED[node.sign] === undefined) return undefined;
  const [x, y] = node.of as [Node, Node];
  const [named, other, sign] = x.type === 'name' ? [x, y, node.sign] : [y, x, MIRRORED[node.sign] as string];
  if (named.type !== 'name' || named.kind !== 'number') return undefined;
  const { least, most } = rangeOf(other);
  if (least !== most) return undefined;
  const [low, high] = [
    sign.startsWith('<') ? Number.NEGATIVE_INFINITY : least,
    sign.startsWith('>') ? Number.POSITIVE_INFINITY : most,
  ];
  return [named.name, { least: low, most: high }];
}

/**
 * Why no point can meet all conditions, whatever is measured; `undefined` where one might.
 *
 * @param known What names can be at all, such as the values of an axis.
 */
export function contradiction(conditions: readonly Expression[], known: Ranges): string | undefined {
  const all = conditions.flatMap(({ root }) => parts(root));
  const ranges = new Map(known);
  for (const part of all) {
    const [name, range] = narrowing(part) ?? [];
    if (name === undefined || range === undefined) continue;
    const before = ranges.get(name) ?? rangeOf(nameIn(part, name));
    const left = shared(before, range);
    if (left === undefined)
      return `no value of ${name} meets them: it would be ${rangeText(before)} and ${rangeText(range)}`;
    ranges.set(name, left);
  }
  const never = all.findIndex((part) => isNever(rangeOf(part, ranges)));
  return never < 0 ? undefined : 'beside the others one of them can never hold';
}

const nameIn = (part: Node, name: string): Node =>
  (part.type === 'operation' ? part.of.find((each) => each.type === 'name' && each.name === name) : undefined) ?? part;

function rangeText({ least, most }: Range): string {
  if (least === most) return `${least}`;
  if (least === Number.NEGATIVE_INFINITY) return `at most ${most}`;
  return most === Number.POSITIVE_INFINITY ? `at least ${least}` : `from ${least} to ${most}`;
}

/** Whether a point meets all conditions. */
export const meets = ({ conditions }: Objective, values: Values): boolean =>
  conditions.every((condition) => evaluated(condition, values) === true);

/** The values of the goals, the smaller the better; NaN where one is not known. */
export const scores = ({ goals }: Objective, values: Values): number[] =>
  goals.map(({ sense, expression }) => Number(evaluated(expression, values)) * (sense === 'minimise' ? 1 : -1));

/** Whether scores are at least as good everywhere and better somewhere. */
export const dominates = (x: readonly number[], y: readonly number[]): boolean =>
  x.every((score, i) => score <= (y[i] as number)) && x.some((score, i) => score < (y[i] as number));

/** The indices of scores that no other ones dominate, of those that are all known. */
export function front(all: readonly (readonly number[])[]): Set<number> {
  const known = [...all.entries()].filter(([, each]) => each.every(Number.isFinite));
  return new Set(
    known.filter(([, each]) => !known.some(([, other]) => dominates(other, each))).map(([index]) => index),
  );
}
