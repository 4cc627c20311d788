import { expect, it } from 'vitest';
import { commandsPage } from '../../../gen/commands/page.js';

it('docs/engine-commands.md is what the table says', async () => {
  await expect(commandsPage()).toMatchFileSnapshot('../../../docs/engine-commands.md');
});
