import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { allOf, EXIT, UserError } from '../../../gen/base/errors.js';
import { requireDashes } from '../../../gen/base/npm.js';
import { parseWhole, programCommand, required, requireKnown, requireNamed } from '../../../gen/base/options.js';

function messageOf(step: () => unknown): string | undefined {
  try {
    step();
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.message;
  }
}

describe('steps that may each find a mistake', () => {
  const fails = (message: string) => () => {
    throw new UserError(message);
  };

  it('give their results in order', () => {
    expect(allOf([() => 1, () => 'two'])).toEqual([1, 'two']);
  });

  it('report all mistakes at once, each as an error', () => {
    expect(messageOf(() => allOf([fails('a'), () => 1, fails('b')]))).toBe('a\nerror: b');
  });

  it('keep a single error as it is, with its exit code', () => {
    const broken = new UserError('no tool', EXIT.toolBroken);
    const alone = () =>
      allOf([
        () => {
          throw broken;
        },
      ]);
    expect(alone).toThrow(broken);
  });

  it('hide no bug behind mistakes', () => {
    const bug = new TypeError('bug');
    const steps = () =>
      allOf([
        fails('a'),
        () => {
          throw bug;
        },
      ]);
    expect(steps).toThrow(bug);
  });
});

describe('a command line', () => {
  const left = (...words: string[]): string | undefined => {
    const program = new Command().option('--rows <n>').option('--json');
    program.allowUnknownOption().allowExcessArguments().parse(words, { from: 'user' });
    return messageOf(() => requireKnown(program));
  };

  it('of known options is no mistake', () => {
    expect(left('--rows', '4', '--json')).toBeUndefined();
    expect(left('--rows', '-4')).toBeUndefined();
  });

  it('has all that is unknown in it named, values of unknown options aside', () => {
    const [misspelt, unknown, ...words] = (
      left('--rwos', '4', '--json', '--frob=5', 'foo', '--rows', '3', 'bar') ?? ''
    ).split('\nerror: ');
    expect(misspelt).toMatch(/'--rwos'.*--rows\b/);
    expect(unknown).toMatch(/'--frob'$/);
    expect(words).toEqual([expect.stringMatching(/^foo\b.*--help/), expect.stringMatching(/^bar\b.*--help/)]);
  });

  it('has no value for an option that takes none', () => {
    expect(left('--json=false')).toMatch(/^--json /);
  });

  it('has each option once', () => {
    const parse = (...words: string[]) =>
      messageOf(() =>
        programCommand('p').option('--rows <n>').option('--scan').option('--no-scan').parse(words, { from: 'user' }),
      );
    expect(parse('--rows', '2', '--scan')).toBeUndefined();
    expect(parse('--rows', '2', '--rows=2')).toContain('--rows');
    const many = programCommand('p')
      .option('--design <folder...>')
      .option('--with <x>', '', (x, all: string) => all + x, '');
    many.parse(['--design', 'a', '--design', 'b', '--with', 'a', '--with', 'b'], { from: 'user' });
    expect(many.opts()).toEqual({ design: ['a', 'b'], with: 'ab' });
    expect(parse('--scan', '--no-scan')).toMatch(/--scan .*--no-scan/);
  });

  it('has no empty name', () => {
    expect(messageOf(() => requireNamed('--out', 'a'))).toBeUndefined();
    expect(messageOf(() => requireNamed('--out', ' '))).toMatch(/^--out\b/);
  });

  it('has no option that npm kept, but those that npm has itself', () => {
    const kept = (environment: Record<string, string>) =>
      messageOf(() => requireDashes(['--max-k', '--rows', '--json'], environment));
    expect(kept({ npm_config_json: 'true', npm_config_cols: '4' })).toBeUndefined();
    expect(kept({ npm_config_max_k: '4', npm_lifecycle_event: 'gen' })).toMatch(/--max-k .*npm run gen -- --max-k/);
  });

  it('has what it cannot do without', () => {
    expect(required('--design', 'd')).toBe('d');
    expect(messageOf(() => required('--design', undefined))).toMatch(/^--design\b/);
  });

  it('is parsed to its end', () => {
    const program = new Command().option('--rows <n>').exitOverride();
    const argv = process.argv;
    process.argv = ['node', 'program', '--unknown', '--rows', '3'];
    try {
      parseWhole(program);
    } finally {
      process.argv = argv;
    }
    expect(program.opts()).toEqual({ rows: '3' });
  });
});
