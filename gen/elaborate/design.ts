import { configurationHash, reproduceCommand } from '../config/identity.js';
import type { Configuration } from '../config/parameters.js';
import { floatPortDecoder, floatTypeDecoder } from '../float/decoder.js';
import { floatProcessingElement } from '../float/pe.js';
import {
  arrayModule,
  clockGateModule,
  controlModule,
  type DelayLine,
  delayLines,
  delayModule,
  inputModule,
  outputModule,
} from './array.js';
import { type DesignCore, elaborateCore } from './core.js';
import { portDecoder, typeDecoder } from './decoder.js';
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
  const { name, rows, cols } = config;
  const { form } = core.format;
  const types = [...new Set([...core.a.types, ...core.w.types])];
  const uses = (type: (typeof types)[number]): number =>
    (core.a.types.includes(type) ? rows : 0) + (core.w.types.includes(type) ? cols : 0);
  const lines = delayLines(core);
  const top = arrayModule(core);
  const modules = [
    ...(config.stall === 'gate' ? [clockGateModule(core)] : []),
    ...(lines.length > 0 ? [delayModule(core)] : []),
    ...(core.float
      ? [
          ...types.map((type) => floatTypeDecoder(name, type, uses(type))),
          floatPortDecoder(name, core.a),
          floatPortDecoder(name, core.w),
          floatProcessingElement(core, core.float, rows * cols),
        ]
      : [
          ...types.map((type) => typeDecoder(name, type, form, uses(type))),
          portDecoder(name, core.a, form),
          portDecoder(name, core.w, form),
          processingElement(core, rows * cols),
        ]),
    inputModule(core),
    controlModule(core),
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
