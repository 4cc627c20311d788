import type { DesignCore } from '../../design-core.js';
import type { ModulePort, ModuleView } from '../../module.js';
import { type DotStages, dotStages } from './stages.js';

/** What all modules of the architecture have in common. */
export interface DotView extends ModuleView {
  readonly rows: number;
  readonly cols: number;
  readonly lanes: number;
  readonly accBits: number;
  readonly enable: boolean;
  readonly async: boolean;
  readonly signed: boolean;
  readonly stages: DotStages;
  readonly modules: Readonly<Record<string, string>>;
}

interface ViewText {
  readonly suffix: string;
  readonly title: string;
  readonly ports: readonly ModulePort[];
  readonly instances?: number;
}

export function dotView(core: DesignCore, { suffix, title, ports, instances }: ViewText): DotView {
  const { config, accumulator, format } = core;
  const module = (name: string): string => `${config.name}_${name}`;
  return {
    name: module(suffix),
    file: `rtl/${module(suffix)}.v`,
    template: `rtl/arch/dot/${suffix}.v`,
    title,
    ports,
    ...(instances === undefined ? {} : { instances }),
    rows: config.rows,
    cols: config.cols,
    lanes: config.lanes,
    accBits: accumulator.bits,
    enable: config.stall === 'enable',
    async: config.reset === 'async',
    signed: format.a.signBits + format.w.signBits > 0,
    stages: dotStages(config.pipeline),
    modules: {
      input: module('input'),
      control: module('control'),
      delay: module('delay'),
      decodeA: module('decode_a'),
      decodeW: module('decode_w'),
      unit: module('unit'),
      lane: module('lane'),
      column: module('column'),
      output: module('output'),
    },
  };
}
