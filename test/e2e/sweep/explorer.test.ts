import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, describe, expect, it } from 'vitest';
import { EXIT } from '../../../gen/base/errors.js';
import { withChromium } from '../../../scripts/tools/chromium.js';
import { sweep } from '../../support/sweep.js';

const root = mkdtempSync(join(tmpdir(), 'ant-rtl-explorer-'));
afterAll(() => rmSync(root, { recursive: true }));

const layer = '{ kind: linear, name: one, rows: 64, inFeatures: 64, outFeatures: 64 }';
writeFileSync(join(root, 'one.yaml'), `name: one\nlayers: [${layer}]\n`);

/** What must not become part of the page. */
const HOSTILE = '</script><img src=x onerror=document.title="broken"><!-- <script>';

/** Runs a study and writes its page; the cycles of one layer take no time to find. */
async function explored(name: string, text: string, codes: readonly number[] = [EXIT.done]) {
  const [study, page] = [join(root, `${name}.yaml`), join(root, `${name}.html`)];
  writeFileSync(study, text);
  const { exitCode, stderr, report } = await sweep(study, join(root, 'results'), '--explorer', page);
  expect(codes, stderr).toContain(exitCode);
  return { page, report };
}

const STUDY = `about: '${HOSTILE}'
axes:
  types:
    choices:
      ant: {}
      '${HOSTILE}': { activations: [int4], weights: [int4] }
  rows: [2, 3, 4]
  cols: [2, 4]
  clusterRows: [1, 2]
impossible: leave out
metrics: { model: { networks: [one.yaml] } }
derive: { pes: rows * cols }
objective: minimise pes per rate subject to pes >= 6
`;

const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true } as const;

/** Opens a page, and notes all that it complains of or asks for. */
async function opened(browser: Browser, file: string, hash = '', options: Parameters<Browser['newPage']>[0] = {}) {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    const url = request.url();
    if (url !== `${pathToFileURL(file)}` && !/^(blob|data):/.test(url)) complaints.push(url);
  });
  await page.goto(`${pathToFileURL(file)}${hash}`);
  return { page, complaints };
}

const rowsOf = (page: Page): Promise<string[]> =>
  page.locator('tr[data-point]').evaluateAll((rows) => rows.map((row) => row.getAttribute('data-point') ?? ''));

/** The texts of a column of the table. */
async function columnOf(page: Page, title: RegExp): Promise<string[]> {
  const heads = await page.locator('#table ~ section thead th').allTextContents();
  const place = heads.findIndex((head) => title.test(head));
  return page.locator(`tr[data-point] > :nth-child(${place + 1})`).allTextContents();
}

const overflow = (page: Page): Promise<number> =>
  page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');

describe('the page of a sweep', () => {
  it('filters, sorts, selects and compares, and a link shows the same again', async () => {
    const { page: file, report } = await explored('first', STUDY);
    expect(report?.points).toHaveLength(20);
    expect(report?.impossible).toHaveLength(4);
    await withChromium(async (browser) => {
      const { page, complaints } = await opened(browser, file);
      // What is in a study is text, and nothing else runs or is asked for.
      expect(await page.locator('.lead').textContent()).toBe(HOSTILE);
      expect(await page.locator('img').count()).toBe(0);
      await page.evaluate(
        `document.body.append(Object.assign(document.createElement('script'), { text: 'window.ran = 1' }))`,
      );
      expect(await page.evaluate('window.ran')).toBeUndefined();
      expect(complaints.splice(0)).toEqual([expect.stringContaining('Content Security Policy')]);

      // All points are rows, impossible ones with their reason.
      expect(await rowsOf(page)).toHaveLength(24);
      expect(await page.locator('tr.impossible .reason').first().textContent()).toContain('clusterRows');
      expect(await page.locator('svg.scatter .dots path').count()).toBe(20);

      // Filters.
      const rows = page.locator('[data-filter=rows]');
      await rows.getByLabel('3').uncheck();
      expect(await page.locator('[data-shown]').getAttribute('data-shown')).toBe('16');
      await page.locator('[data-filter=pes]').getByLabel('from').fill('8');
      await page.keyboard.press('Tab');
      expect(new Set(await columnOf(page, /^pes/))).toEqual(new Set(['8', '16']));
      expect(await page.locator('svg.scatter .dots path').count()).toBe(12);

      // Order.
      const sort = page.locator('th button', { hasText: /^cycles/ });
      await sort.click();
      const cycles = (await columnOf(page, /^cycles/)).map((text) => Number(text.replaceAll(',', '')));
      expect(cycles).toEqual([...cycles].sort((x, y) => x - y));
      expect(new Set(cycles).size).toBeGreaterThan(1);
      await sort.click();
      expect((await columnOf(page, /^cycles/)).map((text) => Number(text.replaceAll(',', '')))).toEqual(
        [...cycles].sort((x, y) => y - x),
      );

      // Axes.
      await page.locator('select[name=x]').selectOption('rows');
      await page.locator('select[name=y]').selectOption('pes');
      expect(await page.locator('.axis .name').allTextContents()).toEqual(['rows ← better', 'pes ← better']);

      // A point, chosen in the plot; another one, in the table.
      await page.locator('svg.scatter').focus();
      await page.keyboard.press('ArrowRight');
      await page.keyboard.press('Enter');
      const command = page.locator('.details .command code');
      expect(await command.textContent()).toMatch(/^npm run gen -- --rows \d/);
      const [a = ''] = await page
        .locator('tr.chosen')
        .evaluateAll((all) => all.map((row) => row.getAttribute('data-point') ?? ''));
      const other = (await rowsOf(page)).find((id) => id !== a) ?? '';
      await page.locator(`tr[data-point="${other}"]`).getByLabel('compare').click();
      expect(await command.count()).toBe(2);
      const cell = (of: string, name: string): number => {
        const [types, r, c, clusters] = of.split('/');
        const label = types === 'ant' ? 'ant' : HOSTILE;
        const row = report?.points.find(
          ({ at }) => at.types === label && [at.rows, at.cols, at.clusterRows].join() === [r, c, clusters].join(),
        );
        return Number(row?.values[name]);
      };
      const ratio = page.locator('.values tr', { hasText: 'cycles.one' }).locator('td').last();
      const expected = cell(other, 'cycles.one') / cell(a, 'cycles.one');
      expect(Number.parseFloat((await ratio.textContent()) ?? '')).toBeCloseTo(expected, 1);

      // Its documents.
      await page.getByRole('button', { name: 'Datasheet' }).click();
      const [, size = ''] = a.split('/');
      await page.locator('.page h3').first().waitFor();
      expect(await page.locator('.page h3').first().textContent()).toContain(`ant_${size}x`);
      await page.getByRole('button', { name: 'Diagrams' }).click();
      const widths = 'Promise.all([...document.images].map((image) => image.decode().then(() => image.naturalWidth)))';
      await page.locator('figure img').nth(1).waitFor();
      expect(((await page.evaluate(widths)) as number[]).every((width) => width > 100)).toBe(true);

      // The address of all this, followed on a phone.
      const hash = new URL(page.url()).hash;
      const phone = await opened(browser, file, hash, PHONE);
      expect(await rowsOf(phone.page)).toEqual(await rowsOf(page));
      expect(await phone.page.locator('.details .command code').allTextContents()).toEqual(
        await command.allTextContents(),
      );
      expect(await phone.page.locator('.axis .name').allTextContents()).toEqual(['rows ← better', 'pes ← better']);
      await phone.page.getByRole('button', { name: 'Datasheet' }).click();
      await phone.page.locator('.page h3').first().waitFor();
      expect(await overflow(phone.page)).toBe(0);
      await phone.page.locator('summary').click();
      expect(await overflow(phone.page)).toBe(0);
      expect(await phone.page.locator('.choices').first().isVisible()).toBe(true);

      // A link that names what is not there.
      const stale = await opened(browser, file, '#point=none/1&x=volume');
      expect(await stale.page.getByRole('alert').textContent()).toMatch(/none\/1.*volume|volume.*none\/1/);
      expect([...complaints, ...phone.complaints, ...stale.complaints]).toEqual([]);
    });
  });

  it('has points that failed as rows, where no point has a value, too', { tags: 'rest' }, async () => {
    // Buffers of one byte hold no tile.
    const memory = readFileSync('models/accelerators/memory-28nm.yaml', 'utf8').replaceAll(/bytes: \d+/g, 'bytes: 1');
    writeFileSync(join(root, 'small.yaml'), memory);
    const text = STUDY.replace('[one.yaml]', '[one.yaml], memory: small.yaml').replace('rows: [2, 3, 4]', 'rows: [2]');
    const { page: file } = await explored('failing', text, [EXIT.checkFailed]);
    await withChromium(async (browser) => {
      const { page, complaints } = await opened(browser, file);
      expect(await page.locator('tr.failed .reason').first().textContent()).toContain('buffers');
      await page.locator('tr.failed').first().getByRole('button', { name: 'Show' }).click();
      expect(await page.locator('.details pre.reason').textContent()).toContain('buffers');
      expect(complaints).toEqual([]);
    });
  });

  it('has room for a thousand points, on a phone, too', { tags: 'rest' }, async () => {
    const text = `axes:
  rows: { from: 1, to: 16 }
  cols: { from: 1, to: 16 }
  dataflow: [os, ws]
  lanes: [1, 2]
metrics: { model: { networks: [one.yaml] } }
objective: [minimise rows * cols * lanes, maximise rate]
`;
    const { page: file, report } = await explored('thousand', text);
    expect(report?.points).toHaveLength(1024);
    expect(statSync(file).size).toBeLessThan(3_000_000);
    await withChromium(async (browser) => {
      for (const options of [{}, PHONE]) {
        const { page, complaints } = await opened(browser, file, '', options);
        expect(await page.locator('svg.scatter .dots path').count()).toBe(1024);
        expect(await overflow(page)).toBe(0);
        await page.getByRole('button', { name: 'Show all 1024' }).click();
        expect(await rowsOf(page)).toHaveLength(1024);
        await page.locator('[data-point="16/16/ws/2"]').getByRole('button', { name: 'Show' }).click();
        await page.getByRole('button', { name: 'Datasheet' }).click();
        expect(await page.locator('.page h3').first().textContent()).toContain('16 x 16 weight-stationary');
        if (options === PHONE) await page.locator('summary').click();
        await page.locator('[data-filter=dataflow]').getByLabel('ws').uncheck();
        expect(await page.locator('[data-shown]').getAttribute('data-shown')).toBe('512');
        expect(complaints).toEqual([]);
      }
    });
  });
});
