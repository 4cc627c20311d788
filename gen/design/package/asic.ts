import type { EngineMemory } from '../../rtl/engine/memories.js';
import { dualPortRam } from '../../rtl/engine/ram.js';
import { type Identity, identityComment } from '../../rtl/render/identity.js';
import { renderTemplate } from '../../rtl/render/templates.js';
import type { RenderedFile } from '../rendered-file.js';
import { type PackageSubject, verilogFiles } from './subject.js';

/** Memories of fewer bits are registers: a macro of that size is no smaller. */
const LEAST_MACRO_BITS = 4096;

/** A macro of a technology, to be given by the user: one for each size of memory. */
export interface MemoryMacro {
  readonly name: string;
  /** Words, bits and, where there are several, lanes. */
  readonly size: string;
  readonly words: number;
  readonly bits: number;
  readonly lanes: number;
  readonly addressBits: number;
  /** What stands in the place of the design's memory module. */
  readonly ram: string;
}

/** The macros of a design, one for each size of its larger memories. */
export function macrosOf({ memories }: { readonly memories: readonly EngineMemory[] }): MemoryMacro[] {
  const macros = memories
    .filter(({ words, bits }) => words * bits >= LEAST_MACRO_BITS)
    .map(({ module, words, bits, lanes }) => {
      const size = `${words}x${bits}${lanes === 1 ? '' : `x${lanes}`}`;
      const name = `${module.replace(/_1r1w$/, '')}_${size}`;
      return { name, size, words, bits, lanes, addressBits: Math.ceil(Math.log2(words)), ram: module };
    });
  return [...new Map(macros.map((macro) => [macro.name, macro])).values()];
}

const wrapperOf = ({ ram }: MemoryMacro): string => `memories/${ram}.v`;
const BLACK_BOXES = 'memories/macros.v';

/** Verilog of a design whose memories are macros: all but the module of its memories, and what stands in its place. */
export function asicFiles(subject: PackageSubject): {
  readonly verilog: readonly string[];
  readonly blackBoxes: readonly string[];
} {
  const files = verilogFiles(subject);
  const [macro] = macrosOf(subject);
  if (macro === undefined) return { verilog: files, blackBoxes: [] };
  const ram = subject.modules.find(({ name }) => name === macro.ram)?.file;
  return { verilog: files.map((file) => (file === ram ? wrapperOf(macro) : file)), blackBoxes: [BLACK_BOXES] };
}

/** The module that puts macros into the place of memories, and the black boxes of these; none without memories. */
export function renderMemoryMacros(
  subject: Pick<PackageSubject, 'memories' | 'name'>,
  identity: Identity,
): RenderedFile[] {
  const macros = macrosOf(subject);
  const [first] = macros;
  if (first === undefined) return [];
  const header = (title: string): string => identityComment('//', title, identity);
  const { ports } = dualPortRam(subject.name);
  const view = { ram: first.ram, ports };
  const boxes = macros.map(({ name, words, bits, lanes, addressBits }) => ({
    ...{ name, words, bits, lanes },
    ports: ports.map((port) => ({
      ...port,
      width: { WIDTH: bits, LANES: lanes, ADDRESS_BITS: addressBits }[String(port.width)] ?? port.width,
    })),
  }));
  return [
    {
      path: wrapperOf(first),
      text: renderTemplate('design/package/ram.v', {
        ...view,
        ...{ macros, header: header('Memory with a port to read and a port to write, of macros.') },
      }),
    },
    {
      path: BLACK_BOXES,
      text: renderTemplate('design/package/macros.v', { boxes, header: header('Black boxes of the memory macros.') }),
    },
  ];
}
