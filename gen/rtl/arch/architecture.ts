import type { Configuration } from '../../config/parameters.js';
import type { DelayLine } from '../delay.js';
import type { DesignCore } from '../design-core.js';
import type { ModuleView } from '../module.js';
import type { Streams } from '../streams.js';
import type { TileMode } from '../tile-modes.js';
import type { Timing } from '../timing.js';
import type { Facts } from './facts.js';

/** PEs whose partial sums have the same width; those of a cluster have the width that leaves it. */
export interface PartialSums {
  readonly bits: number;
  readonly pes: number;
}

/** The hardware of a design between its decoders and its result stream. */
export interface Hardware {
  /** The registers of all delay lines, and their module, if there are any. */
  readonly delayLines: readonly DelayLine[];
  readonly delay: ModuleView | undefined;
  /** In compile order; the last is the top. */
  readonly modules: readonly ModuleView[];
  /** PEs by the width of their partial sums, where these pass from row to row. */
  readonly partialSums: readonly PartialSums[];
}

/** A drawing of the data path: a template and what it reads besides the header. */
export interface BlockDiagram {
  readonly template: string;
  readonly view: Readonly<Record<string, unknown>>;
}

/** A way to arrange multipliers and accumulators. Nothing else knows which ways there are. */
export interface Architecture {
  facts(config: Configuration): Facts;
  /** Cycle counts without stalls. */
  timing(config: Configuration): Timing;
  /** Tiles by the operands that have 8 bits; the first has none. */
  tileModes(config: Configuration): TileMode[];
  /** What a wrapper around the design needs to know of its ports. */
  streams(core: DesignCore): Streams;
  hardware(core: DesignCore, streams: Streams): Hardware;
  diagram(core: DesignCore): BlockDiagram;
}
