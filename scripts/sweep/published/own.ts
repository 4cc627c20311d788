import type { Configuration } from '../../../gen/config/parameters.js';
import type { RawConfiguration } from '../../../gen/config/raw.js';
import { validateConfiguration } from '../../../gen/config/validate.js';
import { configurationOf, DESIGN_NAME, KINDS, LONGEST } from '../compare/designs.js';

/** A design of this project that stands beside published ones. */
export interface OwnDesign {
  readonly name: string;
  readonly what: string;
  readonly operands: string;
  readonly configuration: Configuration;
}

const TYPES: Readonly<Record<string, string>> = {
  ant4: '5 types x 3 types of 4 bits',
  int4: 'int4 x int4',
  int8: 'int8 x int8',
};

const arrays = (size: number): readonly OwnDesign[] =>
  KINDS.flatMap(({ name, parameters }) => {
    const operands = TYPES[name];
    if (operands === undefined) return [];
    const what = `this project: output-stationary array, ${size} x ${size}, all included`;
    return [{ name, what, operands, configuration: configurationOf(parameters, size) }];
  });

function dot(type: string, lanes: number, more: RawConfiguration = {}): OwnDesign {
  const raw = { arch: 'dot', rows: 1, cols: 1, lanes, maxK: LONGEST, name: DESIGN_NAME };
  return {
    name: `dot_${type}`,
    what: `this project: dot-product unit of ${lanes} lanes, all included`,
    operands: `${type} x ${type}`,
    configuration: validateConfiguration({ ...raw, activations: [type], weights: [type], ...more }),
  };
}

/**
 * In the order of the table.
 *
 * @param size Rows, and columns, of the arrays.
 */
export const ownDesigns = (size: number): readonly OwnDesign[] => [
  ...arrays(size),
  dot('int4', 16, { accumulatorBits: 24 }),
  dot('int8', 16, { accumulatorBits: 24 }),
  dot('e3m2', 16),
  dot('e2m1', 16, { accumulatorBits: 24 }),
];
