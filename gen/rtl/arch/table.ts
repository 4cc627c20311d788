import { type ArchitectureName, architectureName, type Selection } from '../../config/architectures.js';
import type { Configuration } from '../../config/parameters.js';
import type { Timing } from '../timing.js';
import type { Architecture } from './architecture.js';
import { DOT_PRODUCT } from './dot/architecture.js';
import { BLOCK_DOT_PRODUCT } from './dot-blocks/architecture.js';
import type { Facts } from './facts.js';
import { OUTPUT_STATIONARY } from './output-stationary/architecture.js';
import { WEIGHT_STATIONARY } from './weight-stationary/architecture.js';

/** All architectures, by the names that `gen/config/architectures.ts` gives them. */
const ARCHITECTURES: Readonly<Record<ArchitectureName, Architecture>> = {
  'output-stationary': OUTPUT_STATIONARY,
  'weight-stationary': WEIGHT_STATIONARY,
  dot: DOT_PRODUCT,
  'dot-blocks': BLOCK_DOT_PRODUCT,
};

/** The architecture of a configuration: of a design, or of one that a manifest gives. */
export const architectureOf = (config: Selection): Architecture => ARCHITECTURES[architectureName(config)];

/** What may be asked of a configuration's architecture. */
export const factsOf = (config: Configuration): Facts => architectureOf(config).facts(config);

/** The cycle counts of a configuration. */
export const timingOf = (config: Configuration): Timing => architectureOf(config).timing(config);
