import { decimal, markdownLines } from '../../base/text-table.js';
import { commandsPage, registerTable, TABLE_VERSION_TEXT } from '../../commands/page.js';
import { COMMANDS } from '../../commands/table.js';
import { ENGINE_KEYS } from '../../config/engine.js';
import type { EngineDesign } from '../../rtl/engine/engine.js';
import type { EngineMemory } from '../../rtl/engine/memories.js';
import { type Identity, identityLines } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import { resetNotes } from '../datasheet/reset.js';
import type { RenderedFile } from '../rendered-file.js';

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
const code = (text: string): string => `\`${text}\``;
const kib = (bits: number): string => decimal(bits / 8192, bits % 8192 === 0 ? 0 : 1);
const totalBits = ({ instances, words, bits }: EngineMemory): number => instances * words * bits;

/** The table of commands as this design has it, in Markdown. */
export function renderCommandsPage({ top }: EngineDesign, identity: Identity): RenderedFile {
  const origin = ['<!--', ...identityLines(`Commands of ${top.name}.`, identity), '-->', ''];
  return { path: 'commands.md', text: commandsPage(origin) };
}

/** Ports by interface. */
function interfaces({ top, config }: EngineDesign) {
  const count = (pattern: RegExp): number => top.ports.filter(({ name }) => pattern.test(name)).length;
  const { busBits, addressBits, outstanding } = config;
  return markdownLines(
    [
      { title: 'ports', left: true, text: ([name]) => name },
      { title: 'signals', text: ([, signals]) => String(signals) },
      { title: 'what', left: true, text: ([, , what]) => what },
    ],
    [
      ['`clk_i`, `rst_ni`', 2, 'clock; reset, active low'],
      ['`irq_o`', 1, 'interrupt: high while an enabled event is not acknowledged'],
      ['`s_axil_*`', count(/^s_axil_/), 'AXI4-Lite subordinate: the registers, 32 bits of data, 256 bytes'],
      [
        '`m_axi_*`',
        count(/^m_axi_/),
        `AXI4 manager: memory, ${busBits} bits of data, ${addressBits} bits of address, up to ${outstanding} bursts under way in each direction`,
      ],
    ] as const,
  );
}

/** The datasheet of an engine, in Markdown. */
export function renderEngineDatasheet(design: EngineDesign, identity: Identity): RenderedFile {
  const { config, machine, top, memories, modules, bus } = design;
  const { rows, cols, lanes, requantiseLanes, accumulatorBits } = machine;
  const view = {
    header: identityLines(`Datasheet of ${top.name}.`, identity).join('\n'),
    ...{ name: config.name, top: top.name, rows, cols },
    ...{ products: counted(lanes, 'product'), sums: counted(requantiseLanes, 'sum') },
    ...{ macs: rows * cols * lanes, version: TABLE_VERSION_TEXT, busBits: bus.busBits },
    rounding:
      config.rounding === 'up'
        ? 'the larger value'
        : 'the even integer; of types that are no integers, the larger value',
    accumulator: `${accumulatorBits} bits, proven for reductions of up to ${decimal(config.maxK)} products of any operands`,
    interfaces: interfaces(design),
    ports: markdownLines(
      [
        { title: 'port', left: true, text: ({ name }) => code(name) },
        { title: 'direction', left: true, text: ({ direction }) => direction },
        { title: 'width', text: ({ width }) => String(width) },
        { title: 'meaning', left: true, text: ({ meaning }) => meaning },
      ],
      top.ports,
    ),
    notes: resetNotes({ stall: 'enable', reset: config.reset }).slice(0, 3),
    types: [
      ['activations', machine.activationTypes],
      ['weights', machine.weightTypes],
      ['results', machine.resultTypes],
    ].map(([what, list]) => `- **${what}**: ${(list as readonly string[]).join(', ')}`),
    commands: markdownLines(
      [
        { title: 'opcode', text: ({ number }) => String(number) },
        { title: 'command', left: true, text: ({ name }) => code(name) },
        { title: 'unit', left: true, text: ({ unit }) => unit ?? 'fetch' },
        { title: 'what it does', left: true, text: ({ meaning }) => meaning },
      ],
      COMMANDS,
    ),
    registers: registerTable(),
    memories: markdownLines<EngineMemory>(
      [
        { title: 'memory', left: true, text: ({ name }) => name },
        { title: 'module', left: true, text: ({ module }) => code(module) },
        { title: 'instances', text: ({ instances }) => String(instances) },
        { title: 'words', text: ({ words }) => decimal(words) },
        { title: 'bits', text: ({ bits }) => decimal(bits) },
        { title: 'written parts of a word', text: (memory) => String(memory.lanes) },
        { title: 'KiB', text: (memory) => kib(totalBits(memory)) },
        { title: 'holds', left: true, text: ({ meaning }) => meaning },
      ],
      memories,
    ),
    memoryTotal: kib(memories.reduce((sum, memory) => sum + totalBits(memory), 0)),
    modules: markdownLines(
      [
        { title: 'module', left: true, text: ({ name }) => code(name) },
        { title: 'what', left: true, text: ({ title }) => title },
      ],
      modules,
    ),
    parameters: ENGINE_KEYS.filter((key) => key !== 'engine').map((key) => {
      const value = config[key];
      return { key, value: Array.isArray(value) ? value.join(' ') : value };
    }),
  };
  const text = renderTemplate('design/engine/datasheet.md', view);
  return { path: 'datasheet.md', text: `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n` };
}
