import { type DelayLine, delayModule } from '../../delay.js';
import type { DesignCore } from '../../design-core.js';
import type { ModuleView } from '../../module.js';
import { dotStages } from './stages.js';

/** The registers behind the decoders, one line per row and column. */
export function operandLines({ config, format }: DesignCore): DelayLine[] {
  if (!dotStages(config.pipeline).operands) return [];
  return [
    { use: 'operands of the activations', width: config.lanes * format.a.bits, stages: config.rows },
    { use: 'operands of the weights', width: config.lanes * format.w.bits, stages: config.cols },
  ];
}

export function operandDelayModule(core: DesignCore): ModuleView {
  const lines = delayModule(core, core.config.rows + core.config.cols);
  return { ...lines, title: 'Delay line: DEPTH registers of WIDTH bits, for operands.' };
}
