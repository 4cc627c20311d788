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
  pairModules,
} from './array.js';
import { type DesignCore, elaborateCore } from './core.js';
import { decoderUses, halvesOf, portDecoder, typeDecoder } from './decoder.js';
import type { NumericType } from '../types/numeric-type.js';
import type { ModuleView } from './module.js';
import { processingElement } from './pe.js';
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
  const { name } = config;
  const { form } = core.format;
  const types = [
    ...new Map([...core.a.operandTypes, ...core.w.operandTypes].map((type) => [type.name, type])).values(),
  ];
  const uses = (type: NumericType): number => decoderUses(core.a, type) + decoderUses(core.w, type);
  const lines = delayLines(core);
  const modules = [
    ...(config.stall === 'gate' ? [clockGateModule(core)] : []),
    ...(lines.length > 0 ? [delayModule(core)] : []),
    ...types.map((type) => typeDecoder(name, type, form, uses(type))),
    ...[core.a, core.w].flatMap((port) => halvesOf(port).map((half) => portDecoder(name, port, form, half))),
    ...pairModules(core),
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
    inputModule(core),
    controlModule(core),
    outputModule(core),
    outputStationaryArray(core),
  ];
}

function weightStationaryModules(core: DesignCore): ModuleView[] {
  return [
    weightStationaryPe(core),
    streamInput(core, 'a'),
    streamInput(core, 'w'),
    weightStationaryControl(core),
    outputModule(core),
    weightStationaryArray(core),
  ];
}
