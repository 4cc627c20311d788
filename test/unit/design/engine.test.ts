import { describe, expect, it } from 'vitest';
import { COMMANDS, ERRORS, REGISTERS } from '../../../gen/commands/table.js';
import { validateEngine } from '../../../gen/config/engine.js';
import { renderEngine } from '../../../gen/design/engine/generate.js';
import { buildEngineManifest, ENGINE_MANIFEST } from '../../../gen/design/engine/manifest.js';
import { describeEngine } from '../../../gen/design/engine/summary.js';
import { NO_PACKAGES } from '../../../gen/design/package/choose.js';
import { elaborateEngine } from '../../../gen/rtl/engine/engine.js';

const design = elaborateEngine(validateEngine({ engine: true, rows: 4, cols: 8 }));
const files = new Map(renderEngine(design).map(({ path, text }) => [path, text]));
const textOf = (path: string): string => {
  const text = files.get(path);
  if (text === undefined) throw new Error(`no ${path} among ${[...files.keys()].join(' ')}`);
  return text;
};

describe('the folder of an engine', () => {
  it('has a file for each module, in the order of the file list, and all begin with their origin', () => {
    const listed = textOf('ant_engine_4x8.f')
      .split('\n')
      .filter((line) => line.endsWith('.v'));
    expect(listed).toEqual(design.modules.map(({ file }) => file));
    for (const [path, text] of files) {
      if (path === 'manifest.json') continue;
      expect(text, path).toContain(`Configuration sha256: ${design.hash}`);
      expect(text, path).not.toMatch(/undefined|\[object|NaN/);
    }
  });

  it('has a manifest that reads as what was written', () => {
    const manifest = JSON.parse(textOf('manifest.json'));
    expect(ENGINE_MANIFEST.parse(manifest)).toEqual(manifest);
    expect(manifest.machine).toEqual(design.machine);
    expect(manifest.files.map(({ path }: { path: string }) => path)).toEqual([...files.keys()].slice(0, -1));
    expect(buildEngineManifest(design, []).files).toEqual([]);
  });

  it('lists every memory: its words, bits and how many there are', () => {
    const { memories } = design;
    const words = new Map(memories.map((memory) => [memory.name, memory]));
    expect(words.get('activation')).toMatchObject({ words: 16384, bits: 16, instances: 1 });
    expect(words.get('weight')).toMatchObject({ words: 16384, bits: 32, instances: 1 });
    const instances = [...files].filter(([path]) => path.endsWith('.v')).map(([, text]) => text);
    const found = instances.join('\n').match(/^ +ant_engine_4x8_ram_1r1w #\(/gm);
    expect(found).toHaveLength(memories.length);
  });

  it('has a datasheet with registers, commands and memories', () => {
    const sheet = textOf('datasheet.md');
    for (const { name } of REGISTERS) expect(sheet).toContain(`\`${name}\``);
    for (const { name } of COMMANDS) {
      expect(sheet).toMatch(new RegExp(`^\\| \\d+ \\| \`${name}\` \\|`, 'm'));
    }
    for (const { name } of design.memories) expect(sheet).toMatch(new RegExp(`^\\| ${name} \\|`, 'm'));
    expect(sheet).toContain('| `m_axi_arvalid` | output | 1 |');
    expect(sheet).not.toMatch(/\n\n\n/);
  });

  it('has a driver with the numbers of the table', () => {
    const header = textOf('driver/ant_engine.h');
    for (const { name, offset } of REGISTERS) {
      expect(header).toContain(`#define ANT_REG_${name.toUpperCase()} ${offset}u`);
    }
    for (const { name } of ERRORS) expect(textOf('driver/ant_engine.c')).toContain(`ANT_ERROR_${name.toUpperCase()}`);
  });

  it('is told in a few lines', () => {
    const text = describeEngine(design, { folder: 'here', files: [], removed: [], packages: NO_PACKAGES });
    expect(text).toContain('here: engine of 4 x 8 PEs');
    expect(text).toContain('32 MAC/cycle');
  });
});
