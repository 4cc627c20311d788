import type { Command } from '../../../../gen/commands/encode.js';
import type { Machine } from '../../../../gen/commands/machine.js';
import type { EngineConfiguration } from '../../../../gen/config/engine.js';
import { elaborateEngine } from '../../../../gen/rtl/engine/engine.js';
import { type EngineTiming, engineTiming } from '../../../../gen/rtl/engine/timing.js';
import { type MemorySpeed, ReadBus, WriteBus } from './bus.js';
import { startCompute } from './compute.js';
import { Events } from './events.js';
import { Fetch, startLoads, startStores, Tokens } from './units.js';

/** An engine and its memory, as far as cycles depend on them. */
export interface EngineSpeed extends MemorySpeed {
  readonly machine: Machine;
  readonly timing: EngineTiming;
}

/** The cycles of an engine of a configuration, with a memory that answers after so many cycles. */
export function engineSpeed(configuration: EngineConfiguration, latency: number): EngineSpeed {
  const design = elaborateEngine(configuration);
  const { busBits, outstanding } = configuration;
  return { machine: design.machine, timing: engineTiming(design), busBytes: busBits / 8, outstanding, latency };
}

/** Cycles of a job. */
export interface PredictedJob {
  /** For each command that stores, the cycle in which memory has all of it; undefined for others. */
  readonly written: readonly (number | undefined)[];
  /** Of the whole job. */
  readonly cycles: number;
}

/** Cycles from the last answer of memory to the end of the job. */
const TO_END = 2;

/** The cycles of a job: units run side by side, and wait for each other, for memory and for tokens, as those of the hardware do. */
export function predictJob(speed: EngineSpeed, commands: readonly Command[]): PredictedJob {
  const { machine, timing } = speed;
  const events = new Events();
  const written = commands.map((): number | undefined => undefined);
  const [read, write, tokens] = [new ReadBus(events, speed), new WriteBus(events, speed), new Tokens(events)];
  const fetch = new Fetch(events, read, commands, speed);
  const around = { events, machine, speed, tokens, fetch, port: { writes: 0, reads: 0 } };
  startLoads(around, read);
  startCompute(around, timing);
  startStores(around, write, ({ place }, cycle) => {
    written[place] = cycle;
  });
  events.run();
  return { written, cycles: events.now + TO_END };
}
