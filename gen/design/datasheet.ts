import { appliesIn } from '../config/conflicts.js';
import { type Configuration, PARAMETER_KEYS } from '../config/parameters.js';
import type { Design } from '../rtl/design.js';
import { inPorts } from '../rtl/port-map.js';
import { type Identity, identityLines } from '../rtl/render/identity.js';
import { renderTemplate } from '../rtl/render/templates.js';
import { slowInIcarus } from './bench/testbench.js';
import { type DataflowText, dataflowText } from './datasheet/dataflow.js';
import { workedExample } from './datasheet/example.js';
import { instantiation } from './datasheet/instance.js';
import { markdownTable } from './datasheet/markdown.js';
import { hasModes, modes } from './datasheet/modes.js';
import { numbers, resultUnit } from './datasheet/numbers.js';
import { operands } from './datasheet/operands.js';
import { packingNotes } from './datasheet/packing.js';
import { performance } from './datasheet/performance.js';
import { resetNotes } from './datasheet/reset.js';
import { sums } from './datasheet/sums.js';
import { words } from './datasheet/words.js';
import type { RenderedFile } from './rendered-file.js';

/** A section of the datasheet: the partial that writes it, and what that reads. */
interface Section {
  readonly partial: `datasheet-${string}`;
  readonly view: object;
}

/** The datasheet of a design, in Markdown: every figure comes from the elaborated design. */
export function renderDatasheet(design: Design, identity: Identity): RenderedFile {
  const header = identityLines(`Datasheet of ${design.top.name}.`, identity).join('\n');
  const text = inPorts(design.ports, renderTemplate('design/datasheet.md', { header, sections: sectionsOf(design) }));
  // A section ends with a blank line where its last list is empty.
  return { path: 'datasheet.md', text: `${text.replace(/\n{3,}/g, '\n\n').trimEnd()}\n` };
}

/** First what a user of the design needs to drive it, then what is inside. */
function sectionsOf(design: Design): Section[] {
  const { config, facts, top } = design;
  const dataflow = dataflowText(design);
  const { registers } = facts.names;
  return [
    { partial: 'datasheet-overview', view: overview(design, dataflow) },
    { partial: 'datasheet-start', view: start(design) },
    { partial: 'datasheet-files', view: files(design) },
    { partial: 'datasheet-ports', view: { ports: top.ports, rules: streamRules(design, dataflow) } },
    { partial: 'datasheet-reset', view: { notes: resetNotes(config) } },
    ...(hasModes(design) ? [{ partial: 'datasheet-modes', view: modes(design) } as const] : []),
    { partial: design.blocks ? 'datasheet-block-numbers' : 'datasheet-numbers', view: numbers(design) },
    { partial: 'datasheet-performance', view: performance(design) },
    { partial: config.stall === 'gate' ? 'datasheet-gate' : 'datasheet-enable', view: stalls(design, dataflow) },
    ...(registers.length > 0
      ? [{ partial: 'datasheet-pipeline', view: { registers: registers.join(', ') } } as const]
      : []),
    { partial: 'datasheet-operands', view: operands(design) },
    { partial: 'datasheet-sums', view: sums(design) },
    { partial: 'datasheet-modules', view: modules(design) },
    { partial: 'datasheet-parameters', view: { parameters: parameters(config) } },
  ];
}

function files(design: Design) {
  const { config, top, clockGate } = design;
  const buffered = clockGate !== null && config.clockGate === 'bufgce';
  // The buffer is a cell of AMD's, which Yosys knows in its flow for them.
  return { name: config.name, top: top.name, slow: slowInIcarus(design), synth: buffered ? 'synth_xilinx' : 'synth' };
}

function overview(design: Design, { computes }: DataflowText) {
  return {
    title: `${design.config.name}: ${design.facts.names.title}`,
    computes: [
      ...computes,
      resultUnit(design),
      ...(hasModes(design) ? ['Operands of 8 bits change these counts ([8-bit integers](#8-bit-integers)).'] : []),
    ],
  };
}

function start(design: Design) {
  const { config, top } = design;
  return {
    name: config.name,
    words: words(design),
    instance: instantiation(top.name, top.ports),
    selectors: selectorNote(design),
    examples: [workedExample(design), ...(hasModes(design) ? [workedExample(design, true)] : [])],
  };
}

/** How the type of a port is chosen. */
function selectorNote({ a, w }: Design): string {
  const ports = [a, w].filter(({ typeBits }) => typeBits > 0).map(({ letter }) => `\`${letter}_type_i\``);
  return ports.length === 0
    ? 'Each port takes one type. [Values](#values) has its codes.'
    : `${ports.join(' and ')} choose${ports.length === 1 ? 's' : ''} the type of the codes, by the numbers above. [Values](#values) has the codes of each type.`;
}

/** What the streams of the design ask for and promise. */
function streamRules(design: Design, { inputs, results }: DataflowText): string[] {
  const { config } = design;
  const selectors = [
    ...(design.a.typeBits + design.w.typeBits > 0 ? ['type selectors'] : []),
    ...(hasModes(design) ? ['8-bit flags'] : []),
  ];
  return [
    'A transfer happens at a rising edge with valid and ready high. Once valid is high, valid and data hold until then.',
    'No output depends on `out_ready_i` in the same cycle.',
    ...inputs,
    ...(selectors.length > 0
      ? [
          `The ${selectors.join(' and ')} count in the first beat of a tile, for all of it. The next tile may have others.`,
        ]
      : []),
    ...results,
    ...packingNotes(config.ports),
  ];
}

function stalls({ config, facts, top, clockGate }: Design, { idle }: DataflowText) {
  return {
    name: config.name,
    top: top.name,
    gate: clockGate,
    bufgce: config.clockGate === 'bufgce',
    whole: facts.names.whole,
    room: facts.tile.resultsTogether ? "two tiles' results" : facts.tile.rowsPerBeat > 1 ? 'two beats' : 'two rows',
    idle,
  };
}

function modules({ config, facts, modules, delayLines }: Design) {
  return {
    modules: modules.map(({ name, instances, title }) => ({ name, count: instances ?? 1, title })),
    delayLines:
      delayLines.length === 0
        ? []
        : [
            `Delay lines (\`${config.name}_delay\`), in registers over the whole ${facts.names.whole}:`,
            '',
            ...markdownTable([
              ['use', 'width', 'registers of that width'],
              ...delayLines.map(({ use, width, stages }) => [use, String(width), String(stages)]),
            ]),
          ],
  };
}

/** The parameters that apply to the configuration, all with a value. */
function parameters(config: Configuration) {
  return PARAMETER_KEYS.filter((key) => appliesIn(key, config)).map((key) => {
    const value = config[key];
    return { key, value: Array.isArray(value) ? value.join(' ') || 'none' : value };
  });
}
