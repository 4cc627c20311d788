import { ConfigurationError, type Problem } from '../base/errors.js';
import type { Configuration } from '../config/parameters.js';
import { pipelineProblems, ruleProblems } from '../config/rules.js';
import { numericType, withoutSpecials } from '../numerics/types/table.js';
import { proveAccumulator } from './accumulator.js';
import { factsOf, timingOf } from './arch/table.js';
import { blockArithmetic } from './blocks/arithmetic.js';
import type { DesignCore } from './design-core.js';
import { binary32Accumulator, elaborateFloatCore } from './float/core.js';
import { asNarrowAsProducts, largestProductOf } from './largest-product.js';
import { bitsFor, type OperandCandidate, solveOperandFormat } from './operand.js';
import { operandPort, operandTypes, type PortTypes } from './port.js';

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
  // What codes are besides numbers is told apart from the operands.
  const [aNumbers, wNumbers] = [asNumbers(a), asNumbers(w)];
  const candidates = solveOperandFormat(
    operandTypes(aNumbers.types, a.wideTypes),
    operandTypes(wNumbers.types, w.wideTypes),
  );
  const format = candidates[0] as OperandCandidate;
  const largestProduct = largestProductOf(config);
  const magnitudeBits = bitsFor(largestProduct);
  const signed = format.a.signBits + format.w.signBits > 0;
  const hasBias = signed && (facts.sums.passRows || facts.computing.adds === 'reads');
  const bias = hasBias ? 1n << BigInt(magnitudeBits) : 0n;
  const sums = proveAccumulator({ config, sums: facts.sums, productBias: bias }, aNumbers, wNumbers);
  const problems: Problem[] = ruleProblems(config);
  if ('rule' in sums) problems.push(sums);
  problems.push(...pipelineProblems(config, format));
  if (problems.length > 0 || 'rule' in sums) throw new ConfigurationError(problems);
  const { blocks: blockFacts } = facts.sums;
  const blocks = blockFacts && blockArithmetic(blockFacts, { a: a.types, w: w.types }, sums);
  const { stepsPerBeat } = facts.tile;
  return {
    config,
    facts,
    a: operandPort('a', a, config.rows * stepsPerBeat, format),
    w: operandPort('w', w, config.cols * stepsPerBeat, format),
    format,
    candidates,
    accumulator: blocks ? binary32Accumulator(config, aNumbers.types, wNumbers.types) : sums,
    largestProduct,
    magnitudeBits,
    productBias: asNarrowAsProducts(config, sums.bits) ? 0n : bias,
    lateFrom: facts.computing.lateFrom,
    timing: timingOf(config),
    ...(blocks ? { blocks } : {}),
  };
}

const asNumbers = ({ types, wideTypes }: PortTypes): PortTypes => ({ types: types.map(withoutSpecials), wideTypes });
