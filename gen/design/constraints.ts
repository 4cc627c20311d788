import type { Design } from '../rtl/design.js';
import { type Identity, identityComment } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import type { RenderedFile } from './rendered-file.js';

/** Timing constraints of the array (SDC): clock, stream delays, reset, clock gate. */
export function renderConstraints({ config, facts, top, clockGate }: Design, identity: Identity): RenderedFile {
  const streams = top.ports.filter(({ name }) => /^(in|a|w|out)_/.test(name));
  const port = ({ name, width }: { name: string; width: number | string }): string =>
    Number(width) > 1 ? `{${name}[*]}` : name;
  const view = {
    top: top.name,
    header: identityComment('#', `Timing constraints of ${top.name}.`, identity),
    inputs: streams.filter(({ direction }) => direction === 'input').map(port),
    outputs: streams.filter(({ direction }) => direction === 'output').map(port),
    async: config.reset === 'async',
    period: facts.cost.clockPeriod.toFixed(1),
    testEnable: clockGate?.testEnable,
    latch: clockGate !== null && config.clockGate === 'latch',
  };
  return { path: `${config.name}.sdc`, text: renderTemplate('design/constraints.sdc', view) };
}
