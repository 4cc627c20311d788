import { configurationHash, reproduceCommand } from '../config/identity.js';
import type { Configuration } from '../config/parameters.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import { dotControlModule } from './arch/dot/control.js';
import { dotInputModule } from './arch/dot/input.js';
import { laneModule } from './arch/dot/lane.js';
import { operandDelayModule, operandLines } from './arch/dot/operands.js';
import { dotModule } from './arch/dot/top.js';
import { columnModule, unitModule } from './arch/dot/unit.js';
import { outputStationaryArray } from './arch/output-stationary/array.js';
import { controlModule } from './arch/output-stationary/control.js';
import { inputModule } from './arch/output-stationary/input.js';
import { processingElement } from './arch/output-stationary/pe.js';
import { weightStationaryArray } from './arch/weight-stationary/array.js';
import { weightStationaryControl } from './arch/weight-stationary/control.js';
import { streamInput } from './arch/weight-stationary/input.js';
import { weightStationaryPe } from './arch/weight-stationary/pe.js';
import { type PartialSums, partialSums } from './arch/weight-stationary/sums.js';
import { clockGateModule } from './clock-gate.js';
import { elaborateCore } from './core.js';
import { decoderUses, formEncoding, halvesOf, portDecoder, typeDecoder } from './decoder.js';
import { type DelayLine, delayLines, delayModule } from './delay.js';
import type { DesignCore } from './design-core.js';
import { floatTypeDecoder, normalEncoding } from './float/decoder.js';
import { floatProcessingElement } from './float/pe.js';
import type { ModuleView } from './module.js';
import { outputModule, streamOut } from './output-buffer.js';
import { pairModules } from './pair.js';
import { tileModules } from './tile.js';
import { type TileKind, tileKinds } from './tile-kinds.js';

/** A design with every width, port, latency and file name computed: what templates, reports and test benches read. */
export interface Design extends DesignCore {
  readonly hash: string;
  readonly command: string;
  /** All modules in compile order; the last is the top. */
  readonly modules: readonly ModuleView[];
  readonly top: ModuleView;
  readonly delayLines: readonly DelayLine[];
  /** Tiles by the operands that have 8 bits; the first has none. */
  readonly tileKinds: readonly TileKind[];
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
  const dot = config.arch === 'dot';
  const lines = dot ? operandLines(core) : delayLines(core);
  const delay = dot ? operandDelayModule : delayModule;
  const modules = [
    ...(config.stall === 'gate' ? [clockGateModule(core)] : []),
    ...(lines.length > 0 ? [delay(core)] : []),
    ...decoderModules(core),
    ...pairModules(core),
    ...computingModules(core),
  ];
  return {
    ...core,
    hash: configurationHash(config),
    command: reproduceCommand(config),
    modules,
    top: modules.at(-1) as ModuleView,
    delayLines: lines,
    tileKinds: tileKinds(config),
    partialSums: config.dataflow === 'ws' ? partialSums(core) : [],
  };
}

/** What lies between the decoders and the output stream; the last is the top. */
function computingModules(core: DesignCore): ModuleView[] {
  const { arch, dataflow } = core.config;
  if (arch === 'dot') return dotModules(core);
  return dataflow === 'os' ? outputStationaryModules(core) : weightStationaryModules(core);
}

/** The decoders of all types, then those of the ports. */
function decoderModules(core: DesignCore): ModuleView[] {
  const { a, w, config, format, float } = core;
  const { name } = config;
  const types = [...new Map([...a.operandTypes, ...w.operandTypes].map((type) => [type.name, type])).values()];
  const uses = (type: NumericType): number => decoderUses(a, type) + decoderUses(w, type);
  if (float) {
    return [
      ...types.map((type) => floatTypeDecoder(name, type, uses(type))),
      ...[a, w].map((port) => portDecoder(name, port, normalEncoding(port))),
    ];
  }
  return [
    ...types.map((type) => typeDecoder(name, type, format.form, uses(type))),
    ...[a, w].flatMap((port) =>
      halvesOf(port).map((half) => portDecoder(name, port, formEncoding(format.form, port), half)),
    ),
  ];
}

function outputStationaryModules(core: DesignCore): ModuleView[] {
  const pes = core.config.rows * core.config.cols;
  return [
    core.float ? floatProcessingElement(core, core.float, pes) : processingElement(core, pes),
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

function dotModules(core: DesignCore): ModuleView[] {
  const unit = unitModule(core);
  const column = unit.columns.some(({ adders }) => adders) ? [columnModule(core, unit)] : [];
  const parts = [laneModule(core), ...column];
  return [
    ...parts,
    { ...unit, parts: parts.map(({ name }) => name) },
    dotInputModule(core),
    dotControlModule(core),
    outputModule(core),
    dotModule(core, streamOut(core)),
  ];
}
