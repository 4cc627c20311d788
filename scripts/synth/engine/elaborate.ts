import type { EngineManifest } from '../../../gen/design/engine/manifest.js';
import type { Yosys } from '../../tools/yosys/interface.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import { NETLIST, STRUCTURE_FILE } from '../structure.js';
import { type EngineParts, engineParts } from './items.js';

/** The pieces of an engine as Yosys elaborates it. @throws UserError as `engineParts`, and where Yosys fails (exit code 3). */
export async function elaboratedParts(yosys: Yosys, folder: string, manifest: EngineManifest): Promise<EngineParts> {
  const { top, compileOrder } = manifest;
  const { outputs } = await runYosys(yosys, {
    title: `${top}, elaboration`,
    script: [`read_verilog ${compileOrder.join(' ')}`, 'proc', `write_json ${STRUCTURE_FILE}`, ''].join('\n'),
    inputs: sourcesOf(folder, compileOrder),
    outputs: [STRUCTURE_FILE],
  });
  return engineParts(manifest, NETLIST.parse(JSON.parse(outputs[STRUCTURE_FILE] ?? '')));
}
