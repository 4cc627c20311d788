import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { crc32 } from 'node:zlib';
import { ROOT } from '../../../gen/base/installed.js';
import { withChromium } from '../../tools/chromium.js';

/** What the page of an explorer is made of. */
const SOURCES = ['scripts/sweep/explorer', 'templates/sweep'];

const SIZE = { width: 1280, height: 860 };

/** Where a PNG holds what it was made from. */
const KEY = 'Source';

/** The sha256 of the files that make the page. */
export function pageDigest(): string {
  const files = SOURCES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length)),
  );
  const hash = createHash('sha256');
  for (const file of files.sort()) hash.update(`${file}\n`).update(readFileSync(join(ROOT, file)));
  return hash.digest('hex');
}

/** The upper part of a page as PNG, which holds the digest of the files that made the page. @param view Of the address. */
export async function explorerPicture(page: string, view: string): Promise<Buffer> {
  const png = await withChromium(async (browser) => {
    const tab = await browser.newPage({ viewport: SIZE });
    await tab.goto(`${pathToFileURL(page)}#${view}`);
    return tab.screenshot();
  });
  return withText(png, pageDigest());
}

/** A PNG with a text before its end. */
function withText(png: Buffer, text: string): Buffer {
  const body = Buffer.from(`tEXt${KEY}\0${text}`, 'latin1');
  const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length - 4);
  check.writeUInt32BE(crc32(body));
  const end = png.length - 12;
  return Buffer.concat([png.subarray(0, end), length, body, check, png.subarray(end)]);
}

/** The digest in a picture, of the files that made its page. */
export function digestIn(png: Buffer): string | undefined {
  const at = png.indexOf(`tEXt${KEY}\0`, 0, 'latin1');
  return at < 0 ? undefined : png.subarray(at + 5 + KEY.length, at + 5 + KEY.length + 64).toString('latin1');
}
