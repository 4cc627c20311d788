import { ConfigurationError, type Problem } from './errors.js';
import { nearWord } from './suggest.js';

/** Reads options, and gathers all that is wrong with them. */
export class FlagReader {
  readonly problems: Problem[] = [];

  /** An integer from `least` to `most`, in steps of `step`; the nearest one where it is none. */
  integer(key: string, text: string, { least = 1, most, step = 1 }: { least?: number; most: number; step?: number }) {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (Number.isInteger(value / step) && value >= least && value <= most) return value;
    const near = Number.isFinite(value) ? step * Math.round(value / step) : least;
    const nearest = Math.min(Math.max(near, least), most);
    const rule = `must be an ${step === 2 ? 'even ' : ''}integer from ${least} to ${most}`;
    this.problems.push({ key, given: `"${text}"`, rule, nearest: String(nearest) });
    return nearest;
  }

  /** A number above 0; 1 where it is none. */
  positive(key: string, text: string, most: number): number {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (value > 0 && value <= most) return value;
    this.problems.push({ key, given: `"${text}"`, rule: `must be a number above 0, at most ${most}` });
    return 1;
  }

  /** The names of `--only`, or of another option, with commas between, that are known; all known ones without. */
  only(text: string | undefined, known: readonly string[], what: string, key = '--only'): readonly string[] {
    const names = text?.split(',').map((name) => name.trim()) ?? known;
    for (const name of names.filter((each) => !known.includes(each))) {
      const rule = `is no ${what}; there are ${known.join(', ')}`;
      const nearest = nearWord(name, known);
      this.problems.push({ key, given: `"${name}"`, rule, ...(nearest === undefined ? {} : { nearest }) });
    }
    return names.filter((name) => known.includes(name));
  }

  /** @throws ConfigurationError naming every problem at once. */
  end(): void {
    if (this.problems.length > 0) throw new ConfigurationError(this.problems);
  }
}
