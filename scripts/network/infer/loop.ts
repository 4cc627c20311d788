import { UserError } from '../../../gen/base/errors.js';
import type { Loop } from '../onnx/nodes.js';
import { slice, stack, type Value, type Values } from '../onnx/value.js';

/**
 * Runs a loop step by step.
 *
 * @param inputs The states at its beginning, then its sequences.
 * @param step What its body makes of the states and of one element of each sequence.
 * @returns The states at its end, then the sequences of its results.
 */
export async function runLoop(
  { body, states, inputsBackward, outputsBackward }: Loop,
  inputs: readonly Value[],
  step: (inputs: Values) => Promise<Values>,
): Promise<readonly Value[]> {
  let state = inputs.slice(0, states);
  const sequences = inputs.slice(states);
  const length = sequences[0]?.shape[0] ?? 0;
  if (length === 0) throw new UserError('a loop over a sequence without elements cannot be run');
  const collected: Value[][] = outputsBackward.map(() => []);
  for (let i = 0; i < length; i++) {
    const elements = sequences.map((sequence, at) => {
      const { type, shape, data } = slice(sequence, inputsBackward[at] ? length - 1 - i : i, 1);
      return { type, shape: shape.slice(1), data };
    });
    const given = [...state, ...elements];
    const results = await step(new Map(body.input.map(({ name }, at) => [name, given[at] as Value])));
    const values = body.output.map(({ name }) => results.get(name) as Value);
    state = values.slice(0, states);
    for (const [at, value] of values.slice(states).entries()) collected[at]?.push(value);
  }
  return [...state, ...collected.map((values, at) => stack(outputsBackward[at] ? values.reverse() : values))];
}
