import { configurationHash, reproduceCommand } from '../config/identity.js';
import type { Configuration } from '../config/parameters.js';
import {
  arrayModule,
  clockGateModule,
  controlModule,
  type DelayLine,
  delayLines,
  delayModule,
  inputModule,
  outputModule,
  streamOut,
} from './array.js';
import { type DesignCore, elaborateCore } from './core.js';
import { portDecoder, typeDecoder } from './decoder.js';
import {
  columnModule,
  dotControlModule,
  dotInputModule,
  dotModule,
  laneModule,
  operandDelayModule,
  operandLines,
  unitModule,
} from './dot.js';
import type { ModuleView } from './module.js';
import { processingElement } from './pe.js';

/** A design with every width, port, latency and file name computed: what templates, reports and test benches read. */
export interface Design extends DesignCore {
  readonly hash: string;
  readonly command: string;
  /** All modules in compile order; the last is the top. */
  readonly modules: readonly ModuleView[];
  readonly top: ModuleView;
  readonly delayLines: readonly DelayLine[];
}

/**
 * Elaborates a valid configuration.
 *
 * @throws ConfigurationError for rules that need the elaborated widths.
 */
export function elaborate(config: Configuration): Design {
  const core = elaborateCore(config);
  const { form } = core.format;
  const types = [...new Set([...core.a.types, ...core.w.types])];
  const uses = (type: (typeof types)[number]): number =>
    (core.a.types.includes(type) ? core.a.lanes : 0) + (core.w.types.includes(type) ? core.w.lanes : 0);
  const dot = config.arch === 'dot';
  const lines = dot ? operandLines(core) : delayLines(core);
  const top = dot ? dotModule(core, streamOut(core)) : arrayModule(core);
  const modules = [
    ...(config.stall === 'gate' ? [clockGateModule(core)] : []),
    ...(lines.length > 0 ? [dot ? operandDelayModule(core) : delayModule(core)] : []),
    ...types.map((type) => typeDecoder(config.name, type, form, uses(type))),
    portDecoder(config.name, core.a, form),
    portDecoder(config.name, core.w, form),
    ...(dot ? dotModules(core) : arrayModules(core)),
    outputModule(core),
    top,
  ];
  return {
    ...core,
    hash: configurationHash(config),
    command: reproduceCommand(config),
    modules,
    top,
    delayLines: lines,
  };
}

function arrayModules(core: DesignCore): ModuleView[] {
  const { rows, cols } = core.config;
  return [processingElement(core, rows * cols), inputModule(core), controlModule(core)];
}

function dotModules(core: DesignCore): ModuleView[] {
  const unit = unitModule(core);
  const column = unit.columns.some(({ adders }) => adders) ? [columnModule(core, unit)] : [];
  return [laneModule(core), ...column, unit, dotInputModule(core), dotControlModule(core)];
}
