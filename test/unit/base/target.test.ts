import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { fileObstacle, folderObstacle, requireFileTarget, requireFolderTarget } from '../../../gen/base/target.js';
import { refusalOf } from '../../support/text.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-target-'));
afterAll(() => rmSync(root, { recursive: true }));
const file = join(root, 'file');
writeFileSync(file, 'kept');

describe('a target', () => {
  it('that can be written is left as it is, and nothing beside it', () => {
    for (const path of [file, join(root, 'new')]) expect(fileObstacle(path), path).toBeUndefined();
    for (const path of [root, join(root, 'new'), join(root, 'a', 'b')])
      expect(folderObstacle(path), path).toBeUndefined();
    expect(readdirSync(root)).toEqual(['file']);
  });

  it.each([
    ['a folder', root, /folder.*file/],
    ['a device', '/dev/null', /device/],
    ['in no folder', join(root, 'none', 'new'), /\/none$/],
    ['in a file', join(file, 'new'), /\/file is .*folder/],
    ['where the system makes none', '/proc/new', /ENOENT|EACCES/],
  ])('is no file to write: %s', (_, path, message) => {
    expect(fileObstacle(path)).toMatch(message);
  });

  it.each([
    ['a file', file, /\/file is .*folder/],
    ['in a file', join(file, 'a', 'b'), /\/file is .*folder/],
    ['where the system makes none', '/proc/a/b', /ENOENT|EACCES/],
  ])('is no folder to write: %s', (_, path, message) => {
    expect(folderObstacle(path)).toMatch(message);
  });

  it('that cannot be written is refused, with the option that named it', () => {
    const unnamed = refusalOf(() => requireFileTarget(root));
    expect(unnamed.exitCode).toBe(EXIT.badRequest);
    expect(unnamed.message).toMatch(new RegExp(`^(?!--).* ${root}: ${fileObstacle(root)}$`));
    const named = refusalOf(() => requireFolderTarget(file, '--out'));
    expect(named.exitCode).toBe(EXIT.badRequest);
    expect(named.message).toMatch(new RegExp(`^--out: .* ${file}: ${folderObstacle(file)}$`));
    requireFileTarget(file, '--write');
    requireFolderTarget(root, '--out');
  });
});
