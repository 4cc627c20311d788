import { expect, it } from 'vitest';
import { ConfigurationError, type Problem } from '../../../gen/base/errors.js';
import { conflictRows } from '../../../gen/config/conflicts.js';
import { flagOf, PARAMETER_KEYS, type ParameterKey, parameterMeta } from '../../../gen/config/parameters.js';
import { parseConfiguration } from '../../../gen/config/parse.js';
import { parametersPage } from '../../../gen/config/reference.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { elaborate } from '../../../gen/rtl/design.js';

it('docs/parameters.md is what the parameters and rules say', async () => {
  await expect(parametersPage()).toMatchFileSnapshot('../../../docs/parameters.md');
});

/** A legal value of a parameter that is not its default. */
const OTHER: Partial<Record<ParameterKey, string | boolean>> = {
  lanes: '8',
  clusterRows: '2',
  clusterCols: '2',
  wideActivations: 'int8',
  wideWeights: 'int8',
  maxK: '64',
  accumulatorBits: '20',
  block: '32',
  busSegment: '2',
  scan: true,
};
const otherValue = (key: ParameterKey): string | boolean =>
  OTHER[key] ?? (parameterMeta(key).values.find((value) => value !== parameterMeta(key).fallback) as string);

const keyOf = (flag: string): ParameterKey => PARAMETER_KEYS.find((key) => flagOf(key) === flag) as ParameterKey;

/** `--arch dot and --wide-activations` as parameters. */
function parametersOf(text: string): Record<string, string | boolean> {
  const parts = text.split(/ and |, /).map((part) => part.split(' '));
  return Object.fromEntries(parts.map(([flag = '', value]) => [keyOf(flag), value ?? otherValue(keyOf(flag))]));
}

function problemsOf(flags: Record<string, string | boolean>): readonly Problem[] {
  try {
    elaborate(validateConfiguration(parseConfiguration({ rows: '4', cols: '4', ...flags })));
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.problems;
    throw error;
  }
}

it.each(conflictRows())('the table is what is refused: $options with $beside', ({ options, beside }) => {
  const condition = parametersOf(beside);
  expect(problemsOf(condition)).toEqual([]);
  for (const option of options.split(', ')) {
    const [[key, value]] = Object.entries(parametersOf(option)) as [[string, string | boolean]];
    const problems = problemsOf({ ...condition, [key]: value });
    expect(problems.map((problem) => problem.key)).toContain(key);
    const rule = problems.find((problem) => problem.key === key)?.rule;
    for (const each of Object.keys(condition)) expect(rule).toContain(each);
  }
});
