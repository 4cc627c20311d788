import type { Circuit } from './circuit.js';
import { type Energy, totalOf } from './estimate.js';
import type { Net } from './netlist.js';
import type { SlewAssumption } from './slews.js';
import { bitAt, type Waves } from './waves.js';

/** What OpenSTA needs to check an estimate: file names and their text. */
export const STA_FILES = {
  netlist: 'netlist.v',
  activity: 'activity.vcd',
  script: 'power.tcl',
  library: 'library.lib',
} as const;

const netName = (net: Net): string => (typeof net === 'number' ? `n${net}` : `1'b${net}`);

/** A circuit as Verilog whose ports are single bits, called as the nets are. */
export function staNetlist({ netlist, gates, inputs }: Circuit): string {
  const outputs = outputNets(netlist).filter((net) => !inputs.has(net));
  const list = (keyword: string, nets: Iterable<number>): string[] =>
    [...nets].map((net) => `  ${keyword} ${netName(net)};`);
  return [
    `module ${netlist.module} (${[...inputs, ...outputs].map(netName).join(', ')});`,
    ...list('input', inputs),
    ...list('output', outputs),
    ...list(
      'wire',
      Array.from({ length: netlist.nets }, (_, net) => net),
    ),
    ...gates.map(({ cell, pins }, i) => {
      const connections = Object.entries(pins).map(([pin, net]) => `.${pin}(${netName(net)})`);
      return `  ${cell.name} u${i} (${connections.join(', ')});`;
    }),
    'endmodule',
    '',
  ].join('\n');
}

function outputNets({ ports }: Circuit['netlist']): number[] {
  const nets = ports.filter(({ direction }) => direction === 'output').flatMap(({ bits }) => bits);
  return [...new Set(nets.filter((net) => typeof net === 'number'))];
}

/**
 * Waves of one instance as a value change dump, in picoseconds: nets change at the rising edge of the clock.
 *
 * @param period In seconds.
 */
export function activityVcd({ netlist, clocks }: Circuit, waves: Waves, period: number): string {
  const cycle = Math.round(period * 1e12);
  const nets = Array.from({ length: netlist.nets }, (_, net) => net);
  const id = (net: number): string => `i${net.toString(36)}`;
  const lines = [
    '$timescale 1ps $end',
    `$scope module ${netlist.module} $end`,
    ...nets.map((net) => `$var wire 1 ${id(net)} ${netName(net)} $end`),
    '$upscope $end',
    '$enddefinitions $end',
  ];
  const high = (net: number, at: number): boolean => bitAt(waves.rows[net] as Int32Array, at * waves.stride * 32);
  const change = (net: number, value: boolean): string => `${value ? 1 : 0}${id(net)}`;
  for (let at = 0; at < waves.cycles; at++) {
    lines.push(`#${at * cycle}`);
    for (const net of nets) {
      if (clocks.has(net)) lines.push(change(net, true));
      else if (at === 0 || high(net, at) !== high(net, at - 1)) lines.push(change(net, high(net, at)));
    }
    lines.push(`#${at * cycle + Math.floor(cycle / 2)}`, ...[...clocks].map((net) => change(net, false)));
  }
  return `${[...lines, `#${waves.cycles * cycle}`].join('\n')}\n`;
}

/** The OpenSTA script that reports the power of the files, under the conditions of an estimate. */
export function staScript(
  { netlist, library, clocks, inputs, loads }: Circuit,
  own: Circuit,
  { period, slews }: { readonly period: number; readonly slews: SlewAssumption },
): string {
  const nano = (seconds: number): string => String(Number((seconds * 1e9).toPrecision(9)));
  const data = [...inputs].filter((net) => !clocks.has(net));
  const driven = outputNets(netlist).filter((net) => !inputs.has(net));
  return [
    `# Power of ${netlist.module} with ${library.name}, for OpenSTA 2.2 or newer: sta -exit ${STA_FILES.script}`,
    `read_liberty ${STA_FILES.library}`,
    `read_verilog ${STA_FILES.netlist}`,
    `link_design ${netlist.module}`,
    'set_cmd_units -time ns -capacitance pF',
    ...[...clocks].flatMap((net) => [
      `create_clock -name clock -period ${nano(period)} ${netName(net)}`,
      `set_clock_transition ${nano(slews.clock)} clock`,
    ]),
    `set_input_transition ${nano(slews.input)} {${data.map(netName).join(' ')}}`,
    ...driven.flatMap((net) => {
      const outside = (loads[net] as number) - (own.loads[net] as number);
      return outside > 0 ? [`set_load ${(outside * 1e12).toPrecision(9)} ${netName(net)}`] : [];
    }),
    `read_vcd -scope ${netlist.module} ${STA_FILES.activity}`,
    'report_power -digits 6',
    '',
  ].join('\n');
}

/** Watts by kind. */
export interface StaPower {
  readonly internal: number;
  readonly switching: number;
  readonly leakage: number;
}

/** The line of totals of OpenSTA's `report_power`; undefined where there is none. */
export function readStaPower(text: string): StaPower | undefined {
  const line = /^Total\s+([\d.e+-]+)\s+([\d.e+-]+)\s+([\d.e+-]+)\s/m.exec(text);
  if (!line) return undefined;
  const [internal, switching, leakage] = line.slice(1).map(Number) as [number, number, number];
  return { internal, switching, leakage };
}

/** What OpenSTA counts of an estimate: outputs of gates, not nets that ports drive, clocks included. */
export function asStaCounts(energy: Energy, seconds: number): StaPower {
  const driven = totalOf(energy, { kind: 'switching' }) - energy.inputs.switching - energy.clock.switching;
  return {
    internal: totalOf(energy, { kind: 'internal' }) / seconds,
    switching: driven / seconds,
    leakage: totalOf(energy, { kind: 'leakage' }) / seconds,
  };
}
