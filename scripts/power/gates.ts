import type { Manifest } from '../../gen/design/manifest.js';
import type { MappedNetlist } from '../synth/netlist.js';
import { type AreaItem, areaItems } from '../synth/plan.js';
import type { Library } from '../tools/liberty/library.js';
import type { Yosys } from '../tools/yosys/interface.js';
import { runYosys } from '../tools/yosys/yosys.js';
import { type Circuit, linkCircuit, neighbourLoads } from './circuit.js';
import { powerLibrary } from './library.js';
import { type FlatNetlist, readNetlist } from './netlist.js';

/** A module of a design in gates. */
export interface GateModule {
  readonly item: AreaItem;
  readonly circuit: Circuit;
  /** The netlist as the area report keeps it. */
  readonly text: string;
}

/**
 * The items of a design whose power is estimated. The clock gate is left out: a cell of the technology replaces it.
 */
export function measuredItems(manifest: Manifest): AreaItem[] {
  return areaItems(manifest).filter((item) => isMeasured(manifest, item));
}

const isMeasured = (manifest: Manifest, item: AreaItem): boolean =>
  !item.partOfOther && item.module !== manifest.clockGate?.module;

/**
 * The mapped netlists of a design with the library's data.
 *
 * @throws UserError when the library lacks data, or Yosys fails.
 */
export async function gateModules(
  manifest: Manifest,
  netlists: readonly MappedNetlist[],
  { yosys, library }: { readonly yosys: Yosys; readonly library: Library },
): Promise<GateModule[]> {
  const measured = netlists.filter(({ item }) => isMeasured(manifest, item));
  const flat = await flatNetlists(yosys, measured);
  const types = [...new Set(flat.flatMap(({ cells }) => cells.map(({ type }) => type)))];
  const power = powerLibrary(library.text, types, library.identity.file);
  return measured.map(({ item, text }, i) => {
    const netlist = flat[i] as FlatNetlist;
    const alone = linkCircuit(netlist, power);
    return { item, text, circuit: linkCircuit(netlist, power, neighbourLoads(alone)) };
  });
}

const JSON_FILE = 'netlists.json';

async function flatNetlists(yosys: Yosys, netlists: readonly MappedNetlist[]): Promise<FlatNetlist[]> {
  const files = netlists.map(({ name }) => `${name}.v`);
  const { outputs } = await runYosys(yosys, {
    title: 'the netlists',
    script: `read_verilog ${files.join(' ')}\nwrite_json ${JSON_FILE}\n`,
    inputs: Object.fromEntries(netlists.map(({ text }, i) => [files[i] as string, text])),
    outputs: [JSON_FILE],
  });
  const json: unknown = JSON.parse(outputs[JSON_FILE] ?? '');
  return netlists.map(({ name }) => readNetlist(json, name));
}
