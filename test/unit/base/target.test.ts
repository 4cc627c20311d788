import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { fileObstacle, folderObstacle, requireFileTarget, requireFolderTarget } from '../../../gen/base/target.js';

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
    ['a folder', root, /it is a folder; name a file/],
    ['a device', '/dev/null', /it is a device/],
    ['in no folder', join(root, 'none', 'new'), /there is no folder .*none$/],
    ['in a file', join(file, 'new'), /file is a file; name a folder/],
    ['where the system makes none', '/proc/new', /no such file or directory|permission denied/],
  ])('is no file to write: %s', (_, path, message) => {
    expect(fileObstacle(path)).toMatch(message);
  });

  it.each([
    ['a file', file, /file is a file; name a folder/],
    ['in a file', join(file, 'a', 'b'), /file is a file; name a folder/],
    ['where the system makes none', '/proc/a/b', /no such file or directory|permission denied/],
  ])('is no folder to write: %s', (_, path, message) => {
    expect(folderObstacle(path)).toMatch(message);
  });

  it('that cannot be written is refused, with the option that named it', () => {
    const refusal = (message: string) => expect.objectContaining({ message, exitCode: EXIT.badRequest });
    expect(() => requireFileTarget(root)).toThrow(refusal(`cannot write ${root}: it is a folder; name a file`));
    expect(() => requireFolderTarget(file, '--out')).toThrow(
      refusal(`--out: cannot write ${file}: ${file} is a file; name a folder`),
    );
    requireFileTarget(file, '--write');
    requireFolderTarget(root, '--out');
  });
});
