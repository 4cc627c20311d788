import { pathInTop } from '../rtl/axis.js';
import type { Design } from '../rtl/design.js';
import { type Identity, identityComment } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import type { RenderedFile } from './rendered-file.js';

/** Timing constraints of the array (SDC): clock, stream delays, reset, clock gate. */
export const renderConstraints = (design: Design, identity: Identity): RenderedFile =>
  streamConstraints(constrainedOf(design), identity);

/** What the constraints of an array, or of dot-product units, are made from. */
export const constrainedOf = ({ config, facts, top, clockGate }: Design): Constrained => ({
  ...{ config, top, clockGate, clockPeriod: facts.cost.clockPeriod, gate: pathInTop(config, 'u_clock_gate') },
});

/** What constraints are made from. */
export interface Constrained extends Pick<Design, 'top' | 'clockGate'> {
  readonly config: Pick<Design['config'], 'name' | 'reset' | 'clockGate'>;
  readonly clockPeriod: number;
  /** Whether the period is that of measured designs of its kind. */
  readonly measured?: boolean;
  /** Where in the top the clock gate is, if it has one. */
  readonly gate?: string;
}

/** Where constraints stand, and where their clock period comes from. */
export interface ConstraintsUse {
  readonly path: string;
  /** Tcl that sets CLOCK_PERIOD, in ns, whose default is given. */
  readonly period: (fallback: string) => readonly string[];
  /** How another period is set. */
  readonly another: string;
  /** Whether the clock gate is an instance of its own in the netlist. */
  readonly hierarchical: boolean;
}

/** Constraints of the design's own folder. */
const ownUse = (name: string): ConstraintsUse => ({
  path: `${name}.sdc`,
  period: (fallback) => ['if {![info exists CLOCK_PERIOD]} {', `  set CLOCK_PERIOD ${fallback}`, '}'],
  another: 'Set CLOCK_PERIOD before sourcing this file',
  hierarchical: true,
});

/** The constraints of a design whose ports but clock, reset and test enable are those of streams. */
export function streamConstraints(
  { config, top, clockGate, clockPeriod, measured = true, gate = '' }: Constrained,
  identity: Identity,
  { path, period, another, hierarchical }: ConstraintsUse = ownUse(config.name),
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
    ...{ setPeriod: period(clockPeriod.toFixed(1)), another },
    testEnable: clockGate?.testEnable,
    gate,
    latch: hierarchical && clockGate !== null && config.clockGate === 'latch',
  };
  return { path, text: renderTemplate('design/constraints.sdc', view) };
}
