import { type Configuration, MOST_PE_LANES } from '../../gen/config/parameters.js';
import { factsOf } from '../../gen/rtl/arch/table.js';
import type { Accelerator } from './accelerator.js';
import { comparedAccelerators } from './data.js';
import { arrayAround, unitSide } from './own.js';

/** What is around a design that is no accelerator yet. */
export type Surroundings = Pick<Accelerator, 'memory' | 'precision'>;

/** Power of a unit of the published core, which the tilings of the corrected model weigh; cycles of a tiling do not depend on it. */
export const publishedCore = (): Accelerator['core'] => (comparedAccelerators()[0] as Accelerator).core;

/** Why the model knows nothing of a design; `undefined` where it does. */
export function noModelOf(design: Configuration): string | undefined {
  const { bench, lanes } = factsOf(design).computing;
  if (bench === 'unit') return 'the model has arrays of PEs and engines, and no dot-product units';
  return lanes > MOST_PE_LANES ? `the model has PEs of at most ${MOST_PE_LANES} lanes` : undefined;
}

/** The accelerator that a design is with buffers and memory around it. */
export function acceleratorAround(design: Configuration, { memory, precision }: Surroundings): Accelerator {
  const { leakage, dynamic } = publishedCore();
  const share = (unitSide(design) / 2) ** 2; // the published core is a unit of 2 x 2 PEs
  return {
    name: design.name,
    about: '',
    source: '',
    array: arrayAround(design),
    precision,
    core: { leakage: leakage * share, dynamic: dynamic * share },
    memory,
    design,
  };
}
