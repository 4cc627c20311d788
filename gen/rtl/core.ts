import { ConfigurationError, type Problem } from '../base/errors.js';
import type { Configuration } from '../config/parameters.js';
import { pipelineProblems, ruleProblems } from '../config/rules.js';
import { numericType } from '../numerics/types/table.js';
import { proveAccumulator } from './accumulator.js';
import { factsOf, timingOf } from './arch/table.js';
import type { DesignCore } from './design-core.js';
import { elaborateFloatCore } from './float/core.js';
import { asNarrowAsProducts, largestProductOf } from './largest-product.js';
import { bitsFor, type OperandCandidate, solveOperandFormat } from './operand.js';
import { operandPort, operandTypes } from './port.js';

/**
 * The widths and cycle counts of a configuration.
 *
 * @throws ConfigurationError for what only these can tell: accumulators too narrow or too wide, stages without logic.
 */
export function elaborateCore(config: Configuration): DesignCore {
  if (config.pe === 'float') return elaborateFloatCore(config);
  const a = { types: config.activations.map(numericType), wideTypes: config.wideActivations.map(numericType) };
  const w = { types: config.weights.map(numericType), wideTypes: config.wideWeights.map(numericType) };
  const facts = factsOf(config);
  const candidates = solveOperandFormat(operandTypes(a.types, a.wideTypes), operandTypes(w.types, w.wideTypes));
  const format = candidates[0] as OperandCandidate;
  const largestProduct = largestProductOf(config);
  const magnitudeBits = bitsFor(largestProduct);
  const signed = format.a.signBits + format.w.signBits > 0;
  const hasBias = signed && (facts.sums.passRows || facts.computing.adds === 'reads');
  const bias = hasBias ? 1n << BigInt(magnitudeBits) : 0n;
  const accumulator = proveAccumulator({ config, sums: facts.sums, productBias: bias }, a, w);
  const problems: Problem[] = ruleProblems(config);
  if ('rule' in accumulator) problems.push(accumulator);
  problems.push(...pipelineProblems(config, format));
  if (problems.length > 0 || 'rule' in accumulator) throw new ConfigurationError(problems);
  const { stepsPerBeat } = facts.tile;
  return {
    config,
    facts,
    a: operandPort('a', a, config.rows * stepsPerBeat, format),
    w: operandPort('w', w, config.cols * stepsPerBeat, format),
    format,
    candidates,
    accumulator,
    largestProduct,
    magnitudeBits,
    productBias: asNarrowAsProducts(config, accumulator.bits) ? 0n : bias,
    lateFrom: facts.computing.lateFrom,
    timing: timingOf(config),
  };
}
