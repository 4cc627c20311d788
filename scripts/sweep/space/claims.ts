import {
  closeSync,
  fstatSync,
  linkSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  unlinkSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

/** Who measures something at the moment. Machines of the same name differ by their last start. */
const CLAIM = z.object({ host: z.string(), pid: z.int(), began: z.string() });

type Claimant = z.output<typeof CLAIM>;

/** Between two signs of life of a claim, and after how long without it is free, in milliseconds. */
const SIGN = 10_000;
const SILENCE = 120_000;

/** What several programs that use a folder measure, each thing by one of them at a time. */
export interface Claims {
  /** Takes a claim; false where another program that lives has it. */
  readonly take: (key: string) => boolean;
  readonly release: (key: string) => void;
  /** Releases all. */
  readonly end: () => void;
}

/**
 * Claims as files of a folder. One of a program that is gone is free: on this machine as soon as its process is no more,
 * of another machine after two minutes without a sign of life. Where two programs both think it free, both may get it:
 * results are written whole, and the later one is the same.
 */
export function claimsOf(folder: string): Claims {
  const own: Claimant = { host: thisMachine(), pid: process.pid, began: beginOf(process.pid) ?? '' };
  const text = JSON.stringify(own);
  const held = new Set<string>();
  const fileOf = (key: string): string => join(folder, key);
  /** Keys have no points in them. */
  const temporaryOf = (key: string): string => `${fileOf(key)}.${own.pid}-${held.size}-${Date.now()}`;
  // Of programs that were killed after their last result.
  const start = clockOf(temporaryOf('now'));
  for (const name of readdirSync(folder)) {
    const isLeft = name.includes('.') ? isSilent(fileOf(name), start) : isFree(fileOf(name), own.host, start);
    if (isLeft) rmSync(fileOf(name), { force: true });
  }
  const signs = setInterval(() => {
    for (const key of held) {
      try {
        touch(fileOf(key), text);
      } catch {
        // Removed by hand: the claim is lost, not the result.
      }
    }
  }, SIGN);
  signs.unref();
  const write = (key: string): boolean => {
    // A file that is linked into place is whole from the start.
    const temporary = temporaryOf(key);
    writeFileSync(temporary, text);
    try {
      linkSync(temporary, fileOf(key));
      held.add(key);
      return true;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      return false;
    } finally {
      unlinkSync(temporary);
    }
  };
  const release = (key: string): void => {
    if (held.delete(key)) rmSync(fileOf(key), { force: true });
  };
  return {
    take(key) {
      if (write(key)) return true;
      if (!isFree(fileOf(key), own.host, clockOf(temporaryOf('now')))) return false;
      const aside = temporaryOf(key);
      try {
        renameSync(fileOf(key), aside);
        rmSync(aside, { force: true });
      } catch {
        // Another program was faster.
      }
      return write(key);
    },
    release,
    end() {
      clearInterval(signs);
      for (const key of [...held]) release(key);
    },
  };
}

/** This machine since its last start, as far as the system tells: several may have the same name. */
export function thisMachine(): string {
  try {
    return `${hostname()} ${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}`;
  } catch {
    return hostname();
  }
}

/** Writes what a file holds already: the file server notes the time, by its own clock. */
function touch(file: string, text: string): void {
  const handle = openSync(file, 'r+');
  try {
    writeSync(handle, text, 0);
  } finally {
    closeSync(handle);
  }
}

/** The time by the clock of the file server, in which signs of life are noted. */
function clockOf(temporary: string): number {
  const handle = openSync(temporary, 'w');
  try {
    writeSync(handle, ' ');
    return fstatSync(handle).mtimeMs;
  } finally {
    closeSync(handle);
    rmSync(temporary, { force: true });
  }
}

/** Whether a file that is there for a moment only was left by a program that was killed. */
function isSilent(file: string, now: number): boolean {
  const known = statSync(file, { throwIfNoEntry: false });
  return known !== undefined && now - known.mtimeMs > SILENCE;
}

/** Whether nobody holds a claim any more. @param now By the clock of the file server. */
function isFree(file: string, host: string, now: number): boolean {
  let claimant: Claimant | undefined;
  let silence: number;
  try {
    claimant = CLAIM.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
    silence = now - statSync(file).mtimeMs;
  } catch (error) {
    // Released in the meantime, or no claim at all.
    return (error as NodeJS.ErrnoException).code === 'ENOENT' || error instanceof SyntaxError;
  }
  if (claimant === undefined || silence > SILENCE) return true;
  return claimant.host === host && beginOf(claimant.pid) !== claimant.began;
}

/** When a process of this machine began, as far as the system tells; `undefined` where there is none. */
function beginOf(pid: number): string | undefined {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return undefined;
  }
  try {
    // The 22nd field; the 2nd, in brackets, may have blanks.
    return (
      readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[19] ?? ''
    );
  } catch {
    return '';
  }
}
