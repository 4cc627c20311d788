import { printable } from './printable.js';

/** Text that is HTML already and goes into the page as it is. */
export class Markup {
  constructor(readonly html: string) {}
}

/** Text as HTML, for elements and quoted attributes. Characters that show nothing are replaced. */
export function escapeHtml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return printable(text).replace(/[&<>"']/g, (character) => entities[character] as string);
}

/** A view with all its text escaped but for `Markup`: the template engine escapes nothing. */
export function escaped(view: unknown): unknown {
  if (typeof view === 'string') return escapeHtml(view);
  if (view instanceof Markup) return view.html;
  if (Array.isArray(view)) return view.map(escaped);
  if (typeof view !== 'object' || view === null) return view;
  return Object.fromEntries(Object.entries(view).map(([key, value]) => [key, escaped(value)]));
}
