import type { PortMap } from '../../rtl/port-map.js';
import type { StimulusStream } from '../bench/stimulus.js';
import type { EngineJob } from '../engine/bench.js';

/** What a bench in Python drives and compares: streams with the vectors of the Verilog bench, or an engine with its job. */
export type CocotbBench = StreamBench | EngineBench;

export interface StreamBench {
  readonly kind: 'streams';
  readonly ports: PortMap;
  readonly inputs: readonly StimulusStream[];
  readonly results: ResultLayout;
}

/** Results in a beat, and in a word of the expected ones. */
export interface ResultLayout {
  readonly lanes: number;
  /** Bits of a lane at the port, and in the file. */
  readonly bits: number;
  readonly fileBits: number;
}

export interface EngineBench {
  readonly kind: 'engine';
  readonly job: EngineJob;
  readonly busBytes: number;
}
