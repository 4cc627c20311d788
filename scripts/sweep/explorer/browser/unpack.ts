import type { PackedDocuments } from '../data.js';

/** The text of a document from its pieces. */
export function documentText({ pieces, lists }: PackedDocuments, number: number): string {
  let at = 0;
  const parts = (lists[number] ?? []).map((step) => {
    at += step;
    return pieces[at] ?? '';
  });
  return parts.join('');
}
