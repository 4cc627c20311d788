import { configurationHash, reproduceCommand } from '../config/identity.js';
import type { Configuration } from '../config/parameters.js';
import type { NumericType } from '../numerics/types/numeric-type.js';
import type { BlockDiagram, PartialSums } from './arch/architecture.js';
import { architectureOf } from './arch/table.js';
import { withPorts } from './axis.js';
import { type ClockGate, clockGateModule, clockGateOf } from './clock-gate.js';
import { elaborateCore } from './core.js';
import { decoderUses, halvesOf, integerPacking, portDecoder } from './decoder/port.js';
import { typeDecoder } from './decoder/type.js';
import type { DelayLine } from './delay.js';
import type { DesignCore } from './design-core.js';
import { floatTypeDecoder, normalPacking } from './float/decoder.js';
import type { ModuleView } from './module.js';
import type { PortMap } from './port-map.js';
import { type Streams, signalsOf } from './streams.js';

import type { TileMode } from './tile-modes.js';

/** A design with every width, port, latency and file name computed: what templates, reports and test benches read. */
export interface Design extends DesignCore {
  readonly hash: string;
  readonly command: string;
  /** Its ports but for clock and reset. */
  readonly streams: Streams;
  /** The ports that carry their signals. */
  readonly ports: PortMap;
  /** All modules in compile order; the last is the top. */
  readonly modules: readonly ModuleView[];
  readonly top: ModuleView;
  /** The clock gate, and how it is replaced; null where registers have enables. */
  readonly clockGate: ClockGate | null;
  readonly delayLines: readonly DelayLine[];
  /** Tiles by the operands that have 8 bits; the first has none. */
  readonly tileModes: readonly TileMode[];
  /** PEs by the width of their partial sums, where these pass from row to row. */
  readonly partialSums: readonly PartialSums[];
  readonly diagram: BlockDiagram;
}

/**
 * Elaborates a valid configuration.
 *
 * @throws ConfigurationError for rules that need the elaborated widths.
 */
export function elaborate(config: Configuration): Design {
  const core = elaborateCore(config);
  const architecture = architectureOf(config);
  const streams = architecture.streams(core);
  const { delayLines, delay, modules: computing, partialSums } = architecture.hardware(core, streams);
  const gate = clockGateOf(config);
  const ported = withPorts(config, computing, [...streams.inputs, streams.results].map(signalsOf));
  const modules = [
    ...(gate === null ? [] : [clockGateModule(gate, config)]),
    ...(delay ? [delay] : []),
    ...decoderModules(core),
    ...ported.modules,
  ];
  return {
    ...core,
    hash: configurationHash(config),
    command: reproduceCommand(config),
    streams,
    ports: ported.ports,
    modules,
    top: modules.at(-1) as ModuleView,
    clockGate: gate,
    delayLines,
    tileModes: architecture.tileModes(config),
    partialSums,
    diagram: architecture.diagram(core),
  };
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
      ...[a, w].map((port) => portDecoder(name, port, normalPacking(port))),
    ];
  }
  return [
    ...types.map((type) => typeDecoder(name, type, format.encoding, uses(type))),
    ...[a, w].flatMap((port) =>
      halvesOf(port).map((half) => portDecoder(name, port, integerPacking(format.encoding, port), half)),
    ),
  ];
}
