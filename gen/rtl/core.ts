import { ConfigurationError, type Problem } from '../base/errors.js';
import type { Configuration } from '../config/parameters.js';
import { pipelineProblems, ruleProblems } from '../config/rules.js';
import { numericType } from '../numerics/types/table.js';
import { type AccumulatorProof, proveAccumulator } from './accumulator.js';
import { elaborateFloatCore, type FloatFormat } from './float/core.js';
import { bitsFor, largest, type OperandCandidate, solveOperandFormat } from './operand.js';
import { type OperandPort, operandPort, operandTypes } from './port.js';
import { streamShape } from './streams.js';
import { designTiming, type Timing } from './timing.js';

/** What all modules of a design derive from: types, operand format, widths, cycle counts. */
export interface DesignCore {
  readonly config: Configuration;
  readonly a: OperandPort;
  readonly w: OperandPort;
  readonly format: OperandCandidate;
  /** The solver's candidates, cheapest first; the first is `format`. */
  readonly candidates: readonly OperandCandidate[];
  readonly accumulator: AccumulatorProof;
  readonly largestProduct: bigint;
  /** Width of the largest product's magnitude: the shifter drops what lies above, which is always 0. */
  readonly magnitudeBits: number;
  readonly timing: Timing;
  /** What the floating-point PE has besides; undefined for the integer PE. */
  readonly float?: FloatFormat;
}

/**
 * The widths and cycle counts of a configuration.
 *
 * @throws ConfigurationError for what only these can tell: accumulators too narrow or too wide, stages without logic.
 */
export function elaborateCore(config: Configuration): DesignCore {
  if (config.pe === 'float') return elaborateFloatCore(config);
  const a = { types: config.activations.map(numericType), wideTypes: config.wideActivations.map(numericType) };
  const w = { types: config.weights.map(numericType), wideTypes: config.wideWeights.map(numericType) };
  const aOperands = operandTypes(a.types, a.wideTypes);
  const wOperands = operandTypes(w.types, w.wideTypes);
  const candidates = solveOperandFormat(aOperands, wOperands);
  const format = candidates[0] as OperandCandidate;
  const accumulator = proveAccumulator(config, a, w);
  const problems: Problem[] = ruleProblems(config);
  if ('rule' in accumulator) problems.push(accumulator);
  problems.push(...pipelineProblems(config, format));
  if (problems.length > 0 || 'rule' in accumulator) throw new ConfigurationError(problems);
  const { stepsPerBeat } = streamShape(config);
  const largestProduct = largest(aOperands) * largest(wOperands);
  return {
    config,
    a: operandPort('a', a, config.rows * stepsPerBeat, format),
    w: operandPort('w', w, config.cols * stepsPerBeat, format),
    format,
    candidates,
    accumulator,
    largestProduct,
    magnitudeBits: bitsFor(largestProduct),
    timing: designTiming(config),
  };
}
