import { renderVerilog } from '../../../gen/design/files.js';
import type { EngineBus } from '../../../gen/rtl/engine/bus.js';
import { burstsModule, readModule, writeModule } from '../../../gen/rtl/engine/dma.js';
import { fifoModule } from '../../../gen/rtl/engine/fifo.js';
import { type InstanceView, instance } from '../../../gen/rtl/instance.js';
import { input, type ModulePort, type ModuleView, output } from '../../../gen/rtl/module.js';
import { renderTemplate } from '../../../gen/rtl/render/templates.js';
import { literal } from '../../../gen/rtl/verilog.js';

/** Bits of what a transfer carries along. */
export const TAG_BITS = 3;

/** What all units of the harness share. */
const SHARED = new Set(['clk_i', 'rst_ni', 'stop_i', 'clear_i']);

/** Reads of commands, of which the harness has none. */
const NO_COMMANDS = (addressBits: number): Readonly<Record<string, string>> => ({
  command_valid_i: "1'b0",
  command_address_i: literal(addressBits, 0),
});

/** Name of a port of a unit at the harness. */
const outer =
  (unit: string) =>
  (port: string): string =>
    SHARED.has(port) || port.startsWith('m_axi_') ? port : `${unit}_${port}`;

/** Rules of the bus are watched by `tb/axi_rules.v`, whose inputs are called as the bus' signals. */
export function rulesInstance({ addressBits, busBits, outstanding }: EngineBus): InstanceView {
  const channels = {
    ar: ['valid', 'ready', 'addr', 'len', 'size', 'burst'],
    r: ['valid', 'ready', 'data', 'resp', 'last'],
    aw: ['valid', 'ready', 'addr', 'len', 'size', 'burst'],
    w: ['valid', 'ready', 'data', 'strb', 'last'],
    b: ['valid', 'ready', 'resp'],
  };
  const signals = Object.entries(channels).flatMap(([channel, names]) => names.map((name) => `${channel}${name}`));
  return {
    module: 'axi_rules',
    parameters: [
      { port: 'ADDRESS_BITS', name: String(addressBits) },
      { port: 'BUS_BITS', name: String(busBits) },
      { port: 'OUTSTANDING', name: String(outstanding) },
    ],
    ports: [
      { port: 'clk_i', name: 'clk_i' },
      { port: 'rst_ni', name: 'rst_ni' },
      ...signals.map((signal) => ({ port: `${signal}_i`, name: `m_axi_${signal}` })),
      { port: 'rule_o', name: 'rule_o' },
    ],
  };
}

/** The units at the bus side by side, with what watches the bus. Files by path. */
export function dmaHarness(bus: EngineBus): { readonly top: string; readonly files: Map<string, string> } {
  const [read, write] = [readModule(bus, TAG_BITS), writeModule(bus)];
  const modules = [fifoModule(bus), burstsModule(bus), read, write];
  const named = (unit: string, { ports }: ModuleView): ModulePort[] =>
    ports.map((port) => ({ ...port, name: outer(unit)(port.name) }));
  const own = named('write', write).filter(({ name }) => !SHARED.has(name));
  const tied = NO_COMMANDS(bus.addressBits);
  const top = `${bus.name}_dma`;
  const harness = {
    name: top,
    file: `rtl/${top}.v`,
    template: 'verify/engine/harness.v',
    title: 'The units at the bus, side by side.',
    ports: [
      ...named('read', { ...read, ports: read.ports.filter(({ name }) => !(name in tied)) }),
      ...own,
      input('write_start_tag_i', 1, 'none'),
      output('rule_o', 4, 'rule that is broken'),
    ],
    instances: [
      { ...instance(read, (port) => tied[port] ?? outer('read')(port)), label: 'u_read' },
      { ...instance(write, outer('write')), label: 'u_write' },
      { ...rulesInstance(bus), label: 'u_rules' },
    ],
  };
  const identity = { generator: 'a test', hash: '', command: '' };
  const rendered = renderVerilog({ modules }, identity).map(({ path, text }) => [path, text] as const);
  return { top, files: new Map([...rendered, [harness.file, renderTemplate(harness.template, harness)]]) };
}
