import type { Configuration } from '../config/parameters.js';
import { input, type ModulePort } from './module.js';
import { RESET_EDGES } from './reset.js';

export const clock = input('clk_i', 1, 'clock');
export const reset = input('rst_ni', 1, 'reset, active low');
/** The reset of a whole design. */
export const resetOf = ({ reset: kind }: Pick<Configuration, 'reset'>): ModulePort => {
  const how = kind === 'async' ? 'asynchronous, released in step with clk_i' : 'synchronous';
  return { ...reset, meaning: `reset, active low, ${how}, at least ${RESET_EDGES} cycles` };
};

const enablePort = input('en_i', 1, '0: hold all registers');

/** The enable of a module's registers, where a waiting consumer stops the design by that. */
export const enablePorts = ({ stall }: Pick<Configuration, 'stall'>): ModulePort[] =>
  stall === 'enable' ? [enablePort] : [];
