import type { Problem } from '../errors.js';
import type { OperandCandidate } from '../operand.js';
import { type Configuration, type ParameterKey, parameterMeta } from './parameters.js';

/** What a parameter belongs to, where it means something in one architecture only. */
const ONLY_IN: Partial<Record<ParameterKey, Configuration['arch']>> = { lanes: 'dot', tree: 'dot', drain: 'array' };

/** Whether a parameter means something in an architecture. */
export function appliesTo(key: ParameterKey, arch: unknown): boolean {
  return ONLY_IN[key] === undefined || ONLY_IN[key] === arch;
}

const MOST_UNITS = 4096;
const MOST_MULTIPLIERS = 2 ** 20;

/** What is wrong with parameters that are legal alone but not together. */
export function ruleProblems(config: Configuration, format: Pick<OperandCandidate, 'shiftBits'>): Problem[] {
  return [
    ...inapplicable(config),
    ...pipelineProblems(config, format),
    ...(config.arch === 'dot' ? dotProblems(config) : []),
  ];
}

function inapplicable(config: Configuration): Problem[] {
  const entries = Object.entries(ONLY_IN) as [ParameterKey, Configuration['arch']][];
  return entries
    .filter(([key]) => !appliesTo(key, config.arch) && config[key] !== parameterMeta(key).fallback)
    .map(([key, arch]) => {
      const nearest = String(parameterMeta(key).fallback);
      const rule = `means something with arch ${arch} only, and must be ${nearest} with arch ${config.arch}`;
      return { key, given: String(config[key]), rule, nearest };
    });
}

/** Each stage needs logic of its own: the last one, of both architectures, lies between multiplier and shifter. */
function pipelineProblems({ arch, pipeline }: Configuration, { shiftBits }: { shiftBits: number }): Problem[] {
  const [what, deepest] = arch === 'dot' ? (['dot-product unit', 5] as const) : (['PE', 3] as const);
  const most = shiftBits === 0 ? deepest - 1 : deepest;
  if (pipeline <= most) return [];
  const rule =
    most < deepest
      ? `these types need no shifter, so a ${what} has at most ${most} stages`
      : `a ${what} has at most ${most} stages`;
  return [{ key: 'pipeline', given: String(pipeline), rule, nearest: String(most) }];
}

function dotProblems({ rows, cols, lanes, maxK }: Configuration): Problem[] {
  const problems: Problem[] = [];
  if (rows * cols > MOST_UNITS) {
    const rule = `a tile's rows x cols results leave in one beat and may be ${MOST_UNITS}`;
    problems.push({ key: 'rows', given: String(rows), rule, nearest: String(Math.floor(MOST_UNITS / cols)) });
  } else if (rows * cols * lanes > MOST_MULTIPLIERS) {
    const nearest = String(Math.floor(MOST_MULTIPLIERS / (rows * cols)));
    const rule = `rows x cols x lanes multipliers may be ${MOST_MULTIPLIERS}`;
    problems.push({ key: 'lanes', given: String(lanes), rule, nearest });
  }
  if (maxK < lanes) {
    const rule = `the accumulators must hold a beat, which is ${lanes} products (lanes)`;
    problems.push({ key: 'maxK', given: String(maxK), rule, nearest: String(lanes) });
  }
  return problems;
}
