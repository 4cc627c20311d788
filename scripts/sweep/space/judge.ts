import { type Expression, evaluated, type Values } from './expression.js';
import { meets, scores } from './objective.js';
import type { SpacePlan } from './plan.js';

type Judged = Pick<SpacePlan, 'derived' | 'objective' | 'values'>;

/** Values that follow from others, added to them. */
export function withDerived({ derived }: Pick<SpacePlan, 'derived'>, values: Values): Values {
  if (derived.length === 0) return values;
  const all = new Map(values);
  for (const { name, expression } of derived) all.set(name, Number(evaluated(expression, all)));
  return all;
}

/** The values of metrics that goals and conditions read, themselves or through others. */
export function judgedBy({ derived, objective, values }: Judged): string[] {
  const read = new Set<string>();
  const add = ({ names }: Expression): void => {
    for (const name of names) read.add(name);
  };
  for (const { expression } of objective.goals) add(expression);
  for (const condition of objective.conditions) add(condition);
  // Each reads those before it.
  for (const { name, expression } of [...derived].reverse()) if (read.has(name)) add(expression);
  return [...values.keys()].filter((name) => read.has(name));
}

/** The scores of a point, the smaller the better; nothing where it does not meet the conditions. */
export function judged(plan: Judged, values: Values): readonly number[] | undefined {
  const all = withDerived(plan, values);
  return meets(plan.objective, all) ? scores(plan.objective, all) : undefined;
}
