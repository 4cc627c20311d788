import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { EXIT, UserError } from '../../gen/base/errors.js';
import { arrayInfoOf } from '../../gen/design/array-info.js';
import type { Manifest } from '../../gen/design/manifest.js';
import { expectedResults, type Tile } from '../../gen/golden/reference.js';
import type { AreaItem } from '../synth/plan.js';
import { scratchFolder } from '../tools/verilator.js';
import { openArrayModel } from '../verify/simulator.js';
import { measuredItems } from './gates.js';
import { delayStages, type PortRecord, portWaves, type RecordedPort, recordWords } from './port-waves.js';
import { portRecorder, recordName } from './recorder.js';
import type { PortWaves } from './replay.js';

/** A run of tiles on a design, with the ports of its modules recorded. */
export interface RecordedRun {
  /** The cycle of the first beat in, counted from the start of the records. */
  readonly first: number;
  /** Cycles from the first beat in to the last row of results out. */
  readonly cycles: number;
  /** Results that were compared with the reference. */
  readonly results: number;
  /** The ports of all instances of an item; of a delay line's registers, which count one by one. */
  waves(item: AreaItem): PortWaves;
  /** Removes the records. */
  close(): void;
}

/**
 * Runs tiles back to back on a design, without stalls, compares all results with the reference and records the ports of
 * its modules in every cycle.
 *
 * @throws UserError when a tool fails, a record is not complete, or a result is wrong (exit code 1).
 */
export async function recordRun(folder: string, manifest: Manifest, tiles: readonly Tile[]): Promise<RecordedRun> {
  const scratch = scratchFolder(`${manifest.configuration.name}-power`);
  const close = (): void => rmSync(scratch, { recursive: true, force: true });
  try {
    const file = join(scratch, 'recorders.sv');
    writeFileSync(file, recorders(manifest));
    const design = manifest.compileOrder.map((source) => join(folder, source));
    const model = await openArrayModel(folder, manifest, { verilog: [...design, file] });
    const info = arrayInfoOf(manifest);
    const expected = tiles.map((tile) => expectedResults(info, tile));
    const run = await model.simulate([{ seed: 1, tiles, expected }], { cwd: scratch });
    const { failure } = run;
    if (failure) {
      const where = `tile ${failure.tile}, row ${failure.row}, cycle ${failure.cycle}`;
      throw new UserError(
        `${manifest.configuration.name} does not compute: ${failure.rule} (${where})\nfind the cause: npm run verify -- --design ${folder} --trace`,
        EXIT.checkFailed,
      );
    }
    const all = run.events[0] ?? [];
    const first = all[0]?.firstIn ?? 0;
    return {
      first,
      cycles: (all.at(-1)?.lastOut ?? 0) - first + 1,
      results: expected.reduce((sum, { length }) => sum + length, 0),
      waves: (item) => wavesOf(scratch, item, run.cycles, manifest),
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function recorders(manifest: Manifest): string {
  const parameters = new Map(measuredItems(manifest).map((item) => [item.module, Object.keys(item.parameters)]));
  return manifest.modules
    .flatMap((module) => {
      const names = parameters.get(module.name);
      return names ? [portRecorder(module, names, `${manifest.top}.clk_i`)] : [];
    })
    .join('\n');
}

const broken = (what: string): UserError => new UserError(`the simulation left ${what}`, EXIT.toolBroken);

function wavesOf(folder: string, item: AreaItem, cycles: number, manifest: Manifest): PortWaves {
  const isDelay = item.module === `${manifest.configuration.name}_delay`;
  const ports = portsOf(manifest, item);
  const records: PortRecord[] = [];
  for (const file of readdirSync(folder).sort()) {
    const name = recordName(file);
    if (name?.module !== item.module) continue;
    const wanted = Object.values(item.parameters);
    const same = isDelay ? name.values[0] === wanted[0] : wanted.every((value, i) => value === name.values[i]);
    if (!same) continue;
    const record = readRecord(join(folder, file), recordWords(ports) * cycles);
    records.push(...(isDelay ? delayStages(ports, record, name.values[1] as number) : [record]));
  }
  const expected = isDelay
    ? manifest.delayLines.reduce((sum, { width, stages }) => sum + (width === item.parameters.WIDTH ? stages : 0), 0)
    : item.instances;
  if (records.length !== expected) throw broken(`${records.length} records of ${item.label}, not ${expected}`);
  return portWaves(ports, records);
}

/** The ports of a module; a width that is a parameter has the item's value. */
function portsOf({ modules }: Manifest, { module, parameters }: AreaItem): RecordedPort[] {
  const ports = modules.find(({ name }) => name === module)?.ports ?? [];
  return ports.map(({ name, width }) => ({
    name,
    width: typeof width === 'number' ? width : (parameters[width] ?? 0),
  }));
}

function readRecord(file: string, words: number): PortRecord {
  const bytes = readFileSync(file);
  if (bytes.length !== words * 4) throw broken(`a record of ${bytes.length} bytes, not ${words * 4}`);
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}
