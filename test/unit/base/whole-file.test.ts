import {
  chmodSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { writeWhole } from '../../../gen/base/whole-file.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ant-rtl-file-'));
});

it('a file keeps its permissions, and a symbolic link leads where it led', () => {
  const [file, link] = [join(folder, 'page.md'), join(folder, 'link.md')];
  writeFileSync(file, 'old');
  chmodSync(file, 0o640);
  symlinkSync('page.md', link);
  writeWhole(link, 'new');
  expect(readFileSync(file, 'utf8')).toBe('new');
  expect(statSync(file).mode & 0o777).toBe(0o640);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  writeWhole(file, new Uint8Array([1, 2]));
  expect([...readFileSync(file)]).toEqual([1, 2]);
  expect(readdirSync(folder).sort()).toEqual(['link.md', 'page.md']);
});

it('what cannot be written is named with its option', () => {
  expect(() => writeWhole(join(folder, 'none', 'page.md'), '', '--write')).toThrow(
    /^--write: cannot write .*none\/page\.md: ENOENT/,
  );
  expect(readdirSync(folder)).toEqual([]);
});
