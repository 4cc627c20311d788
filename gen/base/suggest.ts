import { closest, distance } from 'fastest-levenshtein';

/** The known word that one with a slip of the keys is meant to be; undefined where it shares too little with any. */
export function nearWord(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const nearest = closest(word, known);
  return distance(word, nearest) <= word.length / 2 ? nearest : undefined;
}
