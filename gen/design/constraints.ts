import type { Design } from '../rtl/design.js';
import { pathInTop } from '../rtl/axis.js';
import { type Identity, identityComment } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import type { RenderedFile } from './rendered-file.js';

/** Timing constraints of the array (SDC): clock, stream delays, reset, clock gate. */
export const renderConstraints = ({ config, facts, top, clockGate }: Design, identity: Identity): RenderedFile =>
  streamConstraints(
    { config, top, clockGate, clockPeriod: facts.cost.clockPeriod, gate: pathInTop(config, 'u_clock_gate') },
    identity,
  );

/** What constraints are made from. */
interface Constrained extends Pick<Design, 'top' | 'clockGate'> {
  readonly config: Pick<Design['config'], 'name' | 'reset' | 'clockGate'>;
  readonly clockPeriod: number;
  /** Whether the period is that of measured designs of its kind. */
  readonly measured?: boolean;
  /** Where in the top the clock gate is, if it has one. */
  readonly gate?: string;
}

/** The constraints of a design whose ports but clock, reset and test enable are those of streams. */
export function streamConstraints(
  { config, top, clockGate, clockPeriod, measured = true, gate = '' }: Constrained,
  identity: Identity,
): RenderedFile {
  const others = ['clk_i', 'rst_ni', clockGate?.testEnable];
  const streams = top.ports.filter(({ name }) => !others.includes(name));
  const port = ({ name, width }: { name: string; width: number | string }): string =>
    Number(width) > 1 ? `{${name}[*]}` : name;
  const view = {
    ...{ top: top.name, measured },
    header: identityComment('#', `Timing constraints of ${top.name}.`, identity),
    inputs: streams.filter(({ direction }) => direction === 'input').map(port),
    outputs: streams.filter(({ direction }) => direction === 'output').map(port),
    async: config.reset === 'async',
    period: clockPeriod.toFixed(1),
    testEnable: clockGate?.testEnable,
    gate,
    latch: clockGate !== null && config.clockGate === 'latch',
  };
  return { path: `${config.name}.sdc`, text: renderTemplate('design/constraints.sdc', view) };
}
