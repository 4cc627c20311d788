import { configurationHash, reproduceCommand } from '../config/identity.js';
import type { Configuration } from '../config/parameters.js';
import {
  clockGateModule,
  controlModule,
  type DelayLine,
  delayLines,
  delayModule,
  inputModule,
  outputModule,
  outputStationaryArray,
} from './array.js';
import { type DesignCore, elaborateCore } from './core.js';
import { portDecoder, typeDecoder } from './decoder.js';
import type { ModuleView } from './module.js';
import { processingElement } from './pe.js';
import { tileModules } from './tile.js';
import {
  type PartialSums,
  partialSums,
  streamInput,
  weightStationaryArray,
  weightStationaryControl,
  weightStationaryPe,
} from './weight-stationary.js';

/** A design with every width, port, latency and file name computed: what templates, reports and test benches read. */
export interface Design extends DesignCore {
  readonly hash: string;
  readonly command: string;
  /** All modules in compile order; the last is the top. */
  readonly modules: readonly ModuleView[];
  readonly top: ModuleView;
  readonly delayLines: readonly DelayLine[];
  /** Of a weight-stationary array: its PEs by the width of their partial sums. */
  readonly partialSums: readonly PartialSums[];
}

/**
 * Elaborates a valid configuration.
 *
 * @throws ConfigurationError for rules that need the elaborated widths.
 */
export function elaborate(config: Configuration): Design {
  const core = elaborateCore(config);
  const { name, rows, cols } = config;
  const { form } = core.format;
  const types = [...new Set([...core.a.types, ...core.w.types])];
  const uses = (type: (typeof types)[number]): number =>
    (core.a.types.includes(type) ? rows : 0) + (core.w.types.includes(type) ? cols : 0);
  const lines = delayLines(core);
  const modules = [
    ...(config.stall === 'gate' ? [clockGateModule(core)] : []),
    ...(lines.length > 0 ? [delayModule(core)] : []),
    ...types.map((type) => typeDecoder(name, type, form, uses(type))),
    portDecoder(name, core.a, form),
    portDecoder(name, core.w, form),
    ...(config.dataflow === 'os' ? outputStationaryModules(core) : weightStationaryModules(core)),
  ];
  return {
    ...core,
    hash: configurationHash(config),
    command: reproduceCommand(config),
    modules,
    top: modules.at(-1) as ModuleView,
    delayLines: lines,
    partialSums: config.dataflow === 'ws' ? partialSums(core) : [],
  };
}

function outputStationaryModules(core: DesignCore): ModuleView[] {
  const { rows, cols } = core.config;
  return [
    processingElement(core, rows * cols),
    ...tileModules(core),
    inputModule(core),
    controlModule(core),
    outputModule(core),
    outputStationaryArray(core),
  ];
}

function weightStationaryModules(core: DesignCore): ModuleView[] {
  return [
    weightStationaryPe(core),
    ...tileModules(core),
    streamInput(core, 'a'),
    streamInput(core, 'w'),
    weightStationaryControl(core),
    outputModule(core),
    weightStationaryArray(core),
  ];
}
