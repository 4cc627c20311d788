import { describe, expect, it } from 'vitest';
import { validateEngine } from '../../../gen/config/engine.js';
import { buildEngineManifest } from '../../../gen/design/engine/manifest.js';
import { elaborateEngine } from '../../../gen/rtl/engine/engine.js';
import { engineParts } from '../../../scripts/synth/engine/items.js';
import type { Netlist } from '../../../scripts/synth/structure.js';

const manifest = {
  ...buildEngineManifest(elaborateEngine(validateEngine({ engine: true, rows: 4, cols: 4, name: 'e' })), []),
  memories: [
    { name: 'weight', module: 'e_ram_1r1w', instances: 1, words: 8, bits: 16, lanes: 1, ports: '', meaning: '' },
    { name: 'sums', module: 'e_ram_1r1w', instances: 2, words: 4, bits: 32, lanes: 1, ports: '', meaning: '' },
  ],
};

type Cell = readonly [type: string, parameters?: Readonly<Record<string, number>>];

/** A netlist of modules and what they hold; parameters are binary text, as Yosys writes them. */
const netlist = (modules: Readonly<Record<string, readonly Cell[]>>): Netlist => ({
  modules: Object.fromEntries(
    Object.entries(modules).map(([name, cells]) => [
      name,
      {
        cells: Object.fromEntries(
          cells.map(([type, parameters = {}], i) => [
            `u${i}`,
            {
              type,
              parameters: Object.fromEntries(
                Object.entries(parameters).map(([key, value]) => [key, value.toString(2).padStart(32, '0')]),
              ),
            },
          ]),
        ),
      },
    ]),
  ),
});

const ram = (WORDS: number, WIDTH: number): Cell => ['e_ram_1r1w', { WORDS, WIDTH }];
const WHOLE = {
  e: [['e_load'], ['e_compute'], ram(8, 16), ['$and']],
  e_load: [['e_fifo', { WIDTH: 3 }]],
  e_compute: [['e_core'], ['e_sums']],
  e_core: [['e_pe'], ['e_pe'], ['e_delay', { WIDTH: 2 }], ['e_delay', { WIDTH: 5 }], ['e_delay', { WIDTH: 2 }]],
  e_sums: [ram(4, 32), ram(4, 32)],
} as const;

describe('the parts of an engine', () => {
  const { items, memories, memoryItems } = engineParts(manifest, netlist(WHOLE));
  const shown = items.map(({ module, instances, parameters }) => [module, instances, parameters]);

  it('are all modules of top, compute unit and core, and what these have of their own', () => {
    expect(shown).toEqual([
      ['e', 1, {}],
      ['e_load', 1, {}],
      ['e_compute', 1, {}],
      ['e_sums', 1, {}],
      ['e_core', 1, {}],
      ['e_pe', 2, {}],
      ['e_delay', 2, { WIDTH: 2 }],
      ['e_delay', 1, { WIDTH: 5 }],
    ]);
    expect(items.find(({ module }) => module === 'e_pe')?.role).toBe('pe');
    expect(items.find(({ module }) => module === 'e_load')?.files).toEqual(['rtl/e_fifo.v', 'rtl/e_load.v']);
  });

  it('have memories, and of open modules all others, as black boxes', () => {
    const boxes = (module: string) => items.find((item) => item.module === module)?.boxes?.map((box) => box.module);
    expect(boxes('e')).toEqual(['e_load', 'e_compute', 'e_ram_1r1w']);
    expect(boxes('e_sums')).toEqual(['e_ram_1r1w']);
    expect(memories).toBe(manifest.memories);
  });

  it('have memories as pieces of their own, each size once', () => {
    expect(memoryItems.map(({ role, instances, parameters, files }) => [role, instances, parameters, files])).toEqual([
      ['memory', 2, { WORDS: 4, WIDTH: 32 }, ['rtl/e_ram_1r1w.v']],
      ['memory', 1, { WORDS: 8, WIDTH: 16 }, ['rtl/e_ram_1r1w.v']],
    ]);
    expect(memoryItems.map(({ label }) => label)).toEqual([
      expect.stringContaining('sums'),
      expect.stringContaining('weight'),
    ]);
  });

  it('are refused where memories are not those of the manifest', () => {
    const more = { ...WHOLE, e_load: [ram(2, 2)] };
    expect(() => engineParts(manifest, netlist(more))).toThrow(/2 x 2/);
  });
});
