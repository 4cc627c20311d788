import { expect, it } from 'vitest';
import { commandsPage } from '../../../gen/commands/page.js';

it('docs/engine-commands.md is what the table says', async () => {
  const origin =
    'Written from `gen/commands/`; `npx vitest run --project unit test/unit/commands/page.test.ts -u` writes it anew.';
  await expect(commandsPage([origin])).toMatchFileSnapshot('../../../docs/engine-commands.md');
});
