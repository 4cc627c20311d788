import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, describe, expect, it } from 'vitest';
import { inScratch } from '../../../scripts/tools/scratch.js';

const place = mkdtempSync(join(tmpdir(), 'ant-rtl-scratch-test-'));
afterAll(() => rmSync(place, { recursive: true }));

describe('a temporary folder', () => {
  it.each([
    ['work', async (folder: string) => folder],
    [
      'a failure',
      async (folder: string) => {
        throw new Error(folder);
      },
    ],
  ])('is there for the work, and gone behind %s', async (_, end) => {
    let used = '';
    const work = inScratch('test', (folder) => {
      used = folder;
      writeFileSync(join(folder, 'file'), '');
      return end(folder);
    });
    await work.catch((error: Error) => expect(error.message).toBe(used));
    expect(used).toMatch(/ant-rtl-test-/);
    expect(existsSync(used)).toBe(false);
  });

  it.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('is gone when %s ends the program', async (signal) => {
    const module = fileURLToPath(new URL('../../../scripts/tools/scratch.ts', import.meta.url));
    const program = join(place, 'program.ts');
    writeFileSync(
      program,
      `import { inScratch } from ${JSON.stringify(module)};
      void inScratch('stopped', async () => { console.log('begun'); await new Promise((done) => setTimeout(done, 60_000)); });`,
    );
    const run = execa(process.execPath, ['--import', createRequire(import.meta.url).resolve('tsx'), program], {
      env: { TMPDIR: place },
      reject: false,
    });
    const stopped = (): string[] => readdirSync(place).filter((name) => name.startsWith('ant-rtl-stopped-'));
    for await (const line of run) {
      expect(line).toBe('begun');
      expect(stopped()).toHaveLength(1);
      run.kill(signal);
    }
    expect((await run).signal).toBe(signal);
    expect(stopped()).toEqual([]);
  });
});
