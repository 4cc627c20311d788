import { describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { writeTrees } from '../../../scripts/sweep/notebook/dot-trees/write.js';

describe('the program that writes trees of adders', () => {
  it('compares them with integer arithmetic', async () => {
    const seen: string[] = [];
    const [tree, ...more] = await writeTrees('columns', (name) => seen.push(name));
    expect(tree).toMatchObject({ name: 'columns', options: '', beats: 3000, wrong: 0 });
    expect([seen, more]).toEqual([['columns'], []]);
  });

  it('names all variants that are none', async () => {
    await expect(writeTrees('columns,one,,other', () => {})).rejects.toMatchObject({
      exitCode: EXIT.badRequest,
      message: expect.stringMatching(/^--only: .*"one", "", "other"; .*\bcolumns, /),
    });
  });
});
