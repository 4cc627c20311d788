import type { PackedDocuments } from '../data.js';
import { documentText } from './unpack.js';

/** A file of a design. */
export interface Document {
  readonly name: string;
  readonly text: string;
}

let packed: Promise<PackedDocuments> | undefined;

/** Unpacks the documents of the page, once. */
async function unpacked(): Promise<PackedDocuments> {
  const text = document.getElementById('documents')?.textContent?.trim() ?? '';
  const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Response(stream).json();
}

/** Some documents of the page. */
export async function documentsOf(numbers: readonly number[]): Promise<Document[]> {
  packed ??= unpacked();
  const all = await packed;
  return numbers.map((number) => ({ name: all.names[number] ?? '', text: documentText(all, number) }));
}
