import { readFileSync } from 'node:fs';
import { buildManifest, MANIFEST_FILE } from '../../../gen/design/manifest.js';
import type { RenderedFile } from '../../../gen/design/rendered-file.js';
import type { Design } from '../../../gen/rtl/design.js';
import type { ModulePort, ModuleView } from '../../../gen/rtl/module.js';
import type { Timing } from '../../../gen/rtl/timing.js';

/** The name of the first version's design, which its modules have. */
export const FIRST_NAME = 'os_first';

/** The types its decoders know. */
export const FIRST_TYPES = {
  activations: ['int4', 'flint4', 'pot4', 'uint4', 'uflint4'],
  weights: ['int4', 'flint4', 'pot4'],
} as const;

const SOURCE = new URL('first/os_first.v', import.meta.url);

/** What the Verilog is written for. */
interface Size {
  readonly rows: number;
  readonly cols: number;
  readonly accBits: number;
}

/** Instances in the array of the modules that it holds a number of. */
function instancesOf(module: string, { rows, cols }: Size): number {
  switch (module) {
    case 'os_first_decode_uint4':
    case 'os_first_decode_uflint4':
    case 'os_first_decode_a':
      return rows;
    case 'os_first_decode_w':
      return cols;
    case 'os_first_pe':
      return rows * cols;
    case 'os_first_delay':
      return 2 * (rows - 1) + 3 * (cols - 1);
    default:
      return module.startsWith('os_first_decode_') ? rows + cols : 1;
  }
}

/** The type decoders in the decoder of a port. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  os_first_decode_a: FIRST_TYPES.activations.map((type) => `os_first_decode_${type}`),
  os_first_decode_w: FIRST_TYPES.weights.map((type) => `os_first_decode_${type}`),
};

/** A module of the frozen Verilog, with the text of its file. */
interface FrozenModule {
  readonly view: ModuleView;
  readonly text: string;
}

/** The modules of the frozen Verilog in compile order, in a size. */
function frozenModules(size: Size): FrozenModule[] {
  const [head = '', body = ''] = readFileSync(SOURCE, 'utf8').split('`default_nettype none\n');
  const [modules = ''] = body.split('`default_nettype wire');
  return modules
    .split(/(?<=^endmodule\n)/m)
    .filter((text) => text.trim() !== '')
    .map((text) => {
      const name = /^module (\w+)/m.exec(text)?.[1] ?? '';
      const file = `rtl/${name}.v`;
      const sized = inSize(text.trim(), size);
      const view: ModuleView = {
        ...{ name, file, template: file },
        title: /^\/\/ (.*)/m.exec(text)?.[1] ?? '',
        ports: portsOf(sized),
        ...(name.endsWith('_array') ? {} : { instances: instancesOf(name, size) }),
        ...(PARTS[name] ? { parts: PARTS[name] } : {}),
      };
      return { view, text: `${head}\`default_nettype none\n\n${sized}\n\n\`default_nettype wire\n` };
    });
}

/** A module with the parameters of a size. */
function inSize(text: string, { rows, cols, accBits }: Size): string {
  const values: Readonly<Record<string, number>> = { ROWS: rows, COLS: cols, ACC_BITS: accBits };
  return text.replace(/^( *parameter (\w+) = )\d+/gm, (whole, before: string, name: string) =>
    name in values ? `${before}${values[name]}` : whole,
  );
}

/** The ports of a module, by its text. */
function portsOf(text: string): ModulePort[] {
  const declared = text.matchAll(/^ *(input|output) +wire +(?:\[(.+)-1:0\]|\[(\d+):0\])? *(\w+),? *\/\/ (.*)$/gm);
  return [...declared].map(([, direction, width, most = '0', name = '', meaning = '']) => ({
    direction: direction === 'input' ? 'input' : 'output',
    name,
    width: width ?? Number(most) + 1,
    meaning,
  }));
}

/** Cycles of the first version: sums shift down, a row a cycle, and tiles wait until the last has left. */
const timingOf = ({ rows, cols }: Size): Timing => ({
  latency: { formula: 'ROWS + COLS + 2', cycles: rows + cols + 2, to: 'first row', minimumK: 2 },
  tilePeriod: { formula: 'K + ROWS', bubble: rows, minimum: 0 },
  drain: { formula: 'ROWS - 1', cycles: rows - 1, segment: null },
  fill: null,
  macsPerCycle: rows * cols,
});

/** Registers for skew and de-skew. */
function delayLinesOf({ rows, cols, accBits }: Size): Design['delayLines'] {
  const triangle = (n: number): number => (n * (n - 1)) / 2;
  return [
    { use: 'skew of the activations', width: 4, stages: triangle(rows) },
    { use: 'skew of the activation types', width: 3, stages: rows - 1 },
    { use: 'skew of the weights', width: 4, stages: triangle(cols) },
    { use: 'skew of the weight types', width: 2, stages: cols - 1 },
    { use: 'de-skew of the results', width: accBits, stages: triangle(cols) },
  ].filter(({ stages }) => stages > 0);
}

/**
 * The files of the first version: Verilog as it was, and the manifest to measure it by.
 *
 * @param design Today's default of that name, of the same size: its streams and sums are the first version's.
 */
export function firstVersion(design: Design): RenderedFile[] {
  const size = { rows: design.config.rows, cols: design.config.cols, accBits: design.accumulator.bits };
  const modules = frozenModules(size);
  const views = modules.map(({ view }) => view);
  const files = modules.map(({ view: { file: path }, text }) => ({ path, text }));
  const manifest = buildManifest(
    {
      ...design,
      modules: views,
      top: views.at(-1) as ModuleView,
      timing: timingOf(size),
      delayLines: delayLinesOf(size),
      partialSums: [],
    },
    files,
  );
  return [...files, { path: MANIFEST_FILE, text: `${JSON.stringify(manifest, null, 2)}\n` }];
}
