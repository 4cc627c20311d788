import { relative } from 'node:path';
import { groupBy } from '../../../gen/base/group.js';
import type { Yosys } from '../../tools/yosys/interface.js';
import { type Bit, type Module, readModule } from '../../tools/yosys/module.js';
import { sourcesOf } from '../../tools/yosys/sources.js';
import { runYosys } from '../../tools/yosys/yosys.js';
import type { CoveragePoint } from './points.js';

/** What of a design is read to find its constants. */
export interface ConstantsOf {
  readonly folder: string;
  readonly top: string;
  readonly compileOrder: readonly string[];
}

const OUTPUT = 'flat.json';

/**
 * Tells which bits have the same value in all instances, whatever the inputs of the design are: constants of the configuration, as
 * Yosys propagates them.
 *
 * @throws UserError (exit code 3) where Yosys breaks.
 */
export async function constantsOf(
  yosys: Yosys,
  { folder, top, compileOrder }: ConstantsOf,
): Promise<(point: CoveragePoint) => boolean> {
  const script = [
    `read_verilog ${compileOrder.join(' ')}`,
    `hierarchy -check -top ${top}`,
    ...['proc', 'flatten', 'opt -full', `write_json ${OUTPUT}`, ''],
  ].join('\n');
  const inputs = sourcesOf(folder, compileOrder);
  const { outputs } = await runYosys(yosys, { title: `${top}, for constants`, script, inputs, outputs: [OUTPUT] });
  const nets = Object.entries(readModule(outputs[OUTPUT] ?? '').netnames);
  const byName = groupBy(nets, ([name]) => lastName(name));
  return ({ kind, file, line, name }) => {
    if (kind === 'line') return false;
    const declared = `${relative(folder, file)}:${line}.`;
    const [signal = '', bit = 0] = name.split(/\[(\d+)\]$/);
    const instances = (byName.get(lastName(signal)) ?? []).filter(([, net]) => sourceOf(net).includes(declared));
    return instances.length > 0 && instances.every(([, { bits }]) => isConstant(bits[Number(bit)]));
  };
}

/** A signal's own name: instances and generated scopes are before it. */
const lastName = (name: string): string => name.slice(name.lastIndexOf('.') + 1);

const isConstant = (bit: Bit | undefined): boolean => bit === '0' || bit === '1';

/** Where a net is declared, among the places of the instances around it. */
function sourceOf({ attributes }: Module['netnames'][string]): string {
  const { src } = (attributes ?? {}) as { readonly src?: unknown };
  return typeof src === 'string' ? src : '';
}
