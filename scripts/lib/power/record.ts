import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AreaUnit } from '../../../gen/area/plan.js';
import { EXIT, UserError } from '../../../gen/errors.js';
import type { Manifest } from '../../../gen/manifest.js';
import { arrayInfoOf, expectedResults, type Tile } from '../../../gen/oracle.js';
import { delayStages, type PortRecord, portWaves, recordWords } from '../../../gen/power/port-waves.js';
import { portRecorder, recordName } from '../../../gen/power/recorder.js';
import type { PortWaves } from '../../../gen/power/replay.js';
import { openArrayModel, type SimulationFailure } from '../simulator.js';
import { scratchFolder } from '../verilator.js';

/** What is recorded of a module: all its ports, in the module's order. */
export interface RecordedUnit {
  readonly unit: AreaUnit;
  readonly ports: readonly { readonly name: string; readonly width: number }[];
}

/** A run of tiles on a design, with the ports of its modules recorded. */
export interface RecordedRun {
  /** The cycle of the first beat in, counted from the start of the records. */
  readonly first: number;
  /** Cycles from the first beat in to the last row of results out. */
  readonly cycles: number;
  /** Results that were compared with the reference. */
  readonly results: number;
  readonly failure?: SimulationFailure;
  /** The ports of all instances of a unit. */
  waves(unit: RecordedUnit): PortWaves;
  /** Removes the records. */
  close(): void;
}

/**
 * Runs tiles back to back on a design, without stalls, compares all results with the reference and records the ports of
 * modules in every cycle.
 *
 * @throws UserError when a tool fails, or a record is not complete.
 */
export async function recordRun(
  folder: string,
  manifest: Manifest,
  units: readonly RecordedUnit[],
  tiles: readonly Tile[],
): Promise<RecordedRun> {
  const scratch = scratchFolder(`${manifest.configuration.name}-power`);
  const close = (): void => rmSync(scratch, { recursive: true, force: true });
  try {
    const file = join(scratch, 'recorders.sv');
    writeFileSync(file, recorders(manifest, units));
    const design = manifest.compileOrder.map((source) => join(folder, source));
    const model = await openArrayModel(folder, manifest, { verilog: [...design, file] });
    const info = arrayInfoOf(manifest);
    const expected = tiles.map((tile) => expectedResults(info, tile));
    const run = await model.simulate([{ seed: 1, tiles, expected }], { cwd: scratch });
    const all = run.events[0] ?? [];
    const first = all[0]?.firstIn ?? 0;
    return {
      first,
      cycles: (all.at(-1)?.lastOut ?? 0) - first + 1,
      results: run.failure ? 0 : expected.reduce((sum, { length }) => sum + length, 0),
      ...(run.failure ? { failure: run.failure } : {}),
      waves: (unit) => wavesOf(scratch, unit, run.cycles, manifest),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function recorders(manifest: Manifest, units: readonly RecordedUnit[]): string {
  const names = new Map(units.map(({ unit }) => [unit.module, Object.keys(unit.parameters)]));
  const clock = `${manifest.top}.clk_i`;
  return manifest.modules
    .flatMap((module) => {
      const parameters = names.get(module.name);
      return parameters ? [portRecorder(module, parameters, clock)] : [];
    })
    .join('\n');
}

const broken = (what: string): UserError => new UserError(`the simulation left ${what}`, EXIT.toolBroken);

/** The ports of a unit's instances; of a delay line's registers, which count one by one. */
function wavesOf(folder: string, { unit, ports }: RecordedUnit, cycles: number, manifest: Manifest): PortWaves {
  const isDelay = unit.module === `${manifest.configuration.name}_delay`;
  const records: PortRecord[] = [];
  for (const file of readdirSync(folder).sort()) {
    const name = recordName(file);
    if (name?.module !== unit.module) continue;
    const wanted = Object.values(unit.parameters);
    const same = isDelay ? name.values[0] === wanted[0] : wanted.every((value, i) => value === name.values[i]);
    if (!same) continue;
    const record = readRecord(join(folder, file), recordWords(ports) * cycles);
    records.push(...(isDelay ? delayStages(ports, record, name.values[1] as number) : [record]));
  }
  const expected = isDelay
    ? manifest.delayLines.reduce((sum, { width, stages }) => sum + (width === unit.parameters.WIDTH ? stages : 0), 0)
    : unit.instances;
  if (records.length !== expected) throw broken(`${records.length} records of ${unit.label}, not ${expected}`);
  return portWaves(ports, records);
}

function readRecord(file: string, words: number): PortRecord {
  const bytes = readFileSync(file);
  if (bytes.length !== words * 4) throw broken(`a record of ${bytes.length} bytes, not ${words * 4}`);
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
