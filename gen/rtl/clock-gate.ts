import type { Configuration } from '../config/parameters.js';
import { input, type ModulePort, type ModuleView, output } from './module.js';
import { clock } from './ports.js';

/**
 * Modules of clock gates, by their variant. They have no design's name: all designs of a chip share one gate, and one module
 * in its place replaces it for all.
 */
const MODULES = { latch: 'ant_clock_gate', bufgce: 'ant_clock_gate_bufgce' } as const;

const TEMPLATES = { latch: 'rtl/clock_gate.v', bufgce: 'rtl/clock_gate_bufgce.v' } as const;

const TITLES = {
  latch: "Clock gate: a latch and an AND, to be replaced by the technology's clock-gating cell.",
  bufgce: 'Clock gate: the clock buffer with enable (BUFGCE) of AMD FPGAs.',
} as const;

const TEST_ENABLE = 'test_en_i';

/** The clock gate of a design, and what replaces it. */
export interface ClockGate {
  readonly module: string;
  /** Its file. */
  readonly file: string;
  /** The file list of the design without that file. */
  readonly fileListWithout: string;
  /** The port that keeps the gate open, where the design has one. */
  readonly testEnable: string | null;
}

/** The clock gate of a design; null where its registers have enables. */
export function clockGateOf({ stall, clockGate: variant, scan, name }: Configuration): ClockGate | null {
  if (stall !== 'gate') return null;
  const module = MODULES[variant];
  const testEnable = scan ? TEST_ENABLE : null;
  return { module, file: `rtl/${module}.v`, fileListWithout: `${name}_no_gate.f`, testEnable };
}

/** What a top needs to instantiate the clock gate. */
export interface ClockGateView {
  readonly module: string;
  /** The gated clock. */
  readonly clock: string;
  /** What keeps the gate open: the port for it, or 0. */
  readonly testEnable: string;
}

/** The instance of the clock gate in a top, undefined where there is none. */
export function clockGateView(config: Configuration, clockName: string): ClockGateView | undefined {
  const gate = clockGateOf(config);
  return gate === null ? undefined : { module: gate.module, clock: clockName, testEnable: gate.testEnable ?? "1'b0" };
}

/** The port of a top that keeps the clock gate open, where the design has one. */
export const testEnablePorts = ({ scan }: Pick<Configuration, 'scan'>): ModulePort[] =>
  scan ? [input(TEST_ENABLE, 1, 'test enable: 1 keeps the clock gate open while scan chains shift; else 0')] : [];

/** The file of the clock gate. */
export interface ClockGateModule extends ModuleView {
  /** The macro by which only the first of several copies counts. */
  readonly guard: string;
  /** The command that writes this file, of whatever design. */
  readonly reproduce: string;
}

export function clockGateModule(
  { module, file }: ClockGate,
  { clockGate: variant }: Pick<Configuration, 'clockGate'>,
): ClockGateModule {
  return {
    name: module,
    file,
    template: TEMPLATES[variant],
    title: TITLES[variant],
    ports: [
      clock,
      input('en_i', 1, '1: the next high phase passes'),
      input(TEST_ENABLE, 1, '1: all high phases pass'),
      output('clk_o', 1, 'gated clock'),
    ],
    instances: 1,
    guard: module.toUpperCase(),
    reproduce: `npm run gen -- --clock-gate ${variant}`,
  };
}
