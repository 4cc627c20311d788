import type { Configuration } from '../config/parameters.js';
import { ruleProblems } from '../config/rules.js';
import { ConfigurationError, type Problem } from '../errors.js';
import { bitsFor, largest, type OperandCandidate, solveOperandFormat } from '../operand.js';
import { numericType } from '../types/table.js';
import { type AccumulatorProof, proveAccumulator } from './accumulator.js';
import { type OperandPort, operandPort } from './port.js';
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
}

/**
 * The widths and cycle counts of a configuration.
 *
 * @throws ConfigurationError for what only these can tell: accumulators too narrow or too wide, stages without logic.
 */
export function elaborateCore(config: Configuration): DesignCore {
  const aTypes = config.activations.map(numericType);
  const wTypes = config.weights.map(numericType);
  const candidates = solveOperandFormat(aTypes, wTypes);
  const format = candidates[0] as OperandCandidate;
  const accumulator = proveAccumulator(config, aTypes, wTypes);
  const problems: Problem[] = [];
  if ('rule' in accumulator) problems.push(accumulator);
  problems.push(...ruleProblems(config, format));
  if (problems.length > 0 || 'rule' in accumulator) throw new ConfigurationError(problems);
  const { stepsPerBeat } = streamShape(config);
  const largestProduct = largest(aTypes) * largest(wTypes);
  return {
    config,
    a: operandPort('a', aTypes, config.rows * stepsPerBeat, format),
    w: operandPort('w', wTypes, config.cols * stepsPerBeat, format),
    format,
    candidates,
    accumulator,
    largestProduct,
    magnitudeBits: bitsFor(largestProduct),
    timing: designTiming(config),
  };
}
