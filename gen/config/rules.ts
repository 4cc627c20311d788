import type { Problem } from '../base/errors.js';
import { numericType } from '../numerics/types/table.js';
import { parametersOf } from './architectures.js';
import { appliesIn, conflictProblems } from './conflicts.js';
import type { Configuration } from './parameters.js';

/** What is wrong with parameters that are each legal alone. */
export function ruleProblems(config: Configuration): Problem[] {
  return [...conflictProblems(config), ...wideProblems(config), ...parametersOf(config).problems(config)];
}

/** Each stage needs logic of its own: the last one, of all architectures, lies between multiplier and shifter. */
export function pipelineProblems(config: Configuration, { shiftBits }: { readonly shiftBits: number }): Problem[] {
  const { pipeline } = config;
  const { computes: what, deepestPipeline: deepest } = parametersOf(config);
  const most = shiftBits === 0 ? deepest - 1 : deepest;
  if (pipeline <= most) return [];
  const rule =
    most < deepest
      ? `these types need no shifter, so a ${what} has at most ${most} stages`
      : `a ${what} has at most ${most} stages`;
  return [{ key: 'pipeline', given: String(pipeline), rule, nearest: String(most) }];
}

/** An 8-bit integer is two 4-bit operands on two rows or columns of PEs. */
function wideProblems(config: Configuration): Problem[] {
  const ports = [
    { wide: 'wideActivations', types: 'activations', size: 'rows' },
    { wide: 'wideWeights', types: 'weights', size: 'cols' },
  ] as const;
  return ports.flatMap(({ wide, types, size }) => {
    if (config[wide].length === 0 || !appliesIn(wide, config)) return [];
    const codeBits = Math.max(...config[types].map((name) => numericType(name).bits));
    const given = config[wide].join(',');
    const widest = `the widest type of the port has ${codeBits} bits, and an 8-bit integer needs lanes of 4 bits`;
    const odd = `an 8-bit integer takes two ${size} of PEs, so their number must be even`;
    return [
      ...(codeBits === 4 ? [] : [{ key: wide, given, rule: widest }]),
      ...(config[size] % 2 === 0
        ? []
        : [{ key: size, given: String(config[size]), rule: odd, nearest: String(config[size] + 1) }]),
    ];
  });
}
