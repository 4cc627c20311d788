import { describe, expect, it } from 'vitest';
import { type Command, command, encodeCommands, type FieldValues } from '../../../../gen/commands/encode.js';
import { Memory } from '../../../../gen/golden/engine/memory.js';
import { simulate } from '../../../../gen/golden/engine/simulate.js';
import { bufferNumber, DATA, PROGRAM, RESULT, TestJob } from './job.js';
import { smallMachine } from './machine.js';

const OUTPUT = bufferNumber('output');
const machine = smallMachine();

/** Four bytes to the first two words of the output buffer, and from there to memory. */
const load = (fields: Partial<FieldValues<'load'>> = {}): Command =>
  command('load', { buffer: OUTPUT, offset: DATA, run: 4, ...fields });
const store = (fields: Partial<FieldValues<'store'>> = {}): Command =>
  command('store', { buffer: OUTPUT, offset: RESULT, run: 4, ...fields });
const product = (fields: Partial<FieldValues<'product'>> = {}): Command => command('product', fields);

function jobOf(...commands: readonly Command[]): TestJob {
  const job = new TestJob(machine);
  job.memory.set(DATA, Uint8Array.of(1, 2, 3, 4));
  job.add(...commands);
  return job;
}

describe('a job ends with an error', () => {
  const pass = load({ signal_store: 1 });
  const cases: [string, Command[], object][] = [
    ['for a type that a port does not have', [product({ w_type: 1 })], { error: 'field', command: 0, opcode: 4 }],
    ['for a type without a name', [product({ a_type: 15 })], { error: 'field' }],
    ['for results of no type', [product({ out_type: 7, tag: 9 })], { error: 'field', tag: 9 }],
    ['for a second operand of no type', [product({ second: 1, second_type: 7 })], { error: 'field' }],
    ['for a copy of no type', [product({ copy: 1, copy_type: 7 })], { error: 'field' }],
    ['for a product that is multiplied', [product({ second: 2 })], { error: 'field' }],
    ['for bounds without a value between', [product({ low: 1, high: 0 })], { error: 'field' }],
    ['for too many steps of a word', [product({ depth_tail: 5 })], { error: 'field' }],
    ['for too many steps of a word of 8 bits', [product({ depth_tail: 3, a_type: 8 })], { error: 'field' }],
    ['for a store of another buffer', [pass, store({ wait_load: 1, buffer: 0 })], { error: 'field', command: 1 }],
    ['for a token to itself', [load({ signal_load: 1 })], { error: 'field' }],
    ['for a token of itself', [store({ wait_store: 1 })], { error: 'field' }],
    ['beyond a buffer', [load({ address: 1023 })], { error: 'range', address: 1024 }],
    ['beyond the address space', [load({ address: 65535 })], { error: 'range', address: 65535 }],
  ];
  it.each(cases)('%s', (_, commands, expected) => {
    expect(jobOf(...commands).attempt()).toMatchObject(expected);
  });

  it.each(['run', 'count1', 'count2'])('for a %s of 0', (name) => {
    const bytes = encodeCommands([load()]);
    const at = { run: 12, count1: 16, count2: 18 }[name] as number;
    bytes.fill(0, at, at + (name === 'run' ? 3 : 2));
    const memory = new Memory();
    memory.set(PROGRAM, bytes);
    expect(simulate(machine, memory, { start: PROGRAM })).toMatchObject({ error: 'field', command: 0, opcode: 2 });
  });

  it('for an opcode without a command', () => {
    const memory = new Memory();
    memory.set(PROGRAM, Uint8Array.of(0x0e, 0, 0x34, 0x12));
    expect(simulate(machine, memory, { start: PROGRAM })).toMatchObject({ error: 'opcode', tag: 0x1234, opcode: 14 });
    expect(simulate(machine, new Memory(), { start: PROGRAM }).error).toBe('opcode');
  });

  it('for a bus that refuses a read or a write', () => {
    const program = [load({ signal_store: 1 }), store({ wait_load: 1 })];
    const refusing = (of: 'read' | 'write', address: number): object => {
      const job = jobOf(...program);
      job.memory.refuse(of, address, 1);
      return job.attempt();
    };
    expect(refusing('read', DATA + 2)).toMatchObject({ error: 'read', command: 0, address: DATA + 2 });
    expect(refusing('write', RESULT + 3)).toMatchObject({ error: 'write', command: 1, address: RESULT + 3 });
    expect(refusing('read', PROGRAM)).toMatchObject({ error: 'read', command: 0 });
    expect(refusing('read', DATA + 4)).toMatchObject({ error: 'none', command: 2 });
  });

  it('and writes nothing more, and the next one is as if nothing had been', () => {
    const job = jobOf(load({ signal_store: 1 }), store({ wait_load: 1, address: 1024 }), store());
    expect(job.attempt()).toMatchObject({ error: 'range', command: 1, bytesWritten: 0 });
    expect([...job.memory.get(RESULT, 4)]).toEqual([0, 0, 0, 0]);
    job.commands.splice(1, 2, store({ wait_load: 1 }));
    expect(job.attempt()).toMatchObject({ error: 'none', bytesRead: 4 + 3 * 64, bytesWritten: 4 });
    expect([...job.memory.get(RESULT, 4)]).toEqual([1, 2, 3, 4]);
  });
});

it('a load fills its last word up with 0', () => {
  const job = jobOf(load(), load({ run: 1, signal_store: 1 }), store({ wait_load: 1 }));
  expect(job.attempt().error).toBe('none');
  expect([...job.memory.get(RESULT, 4)]).toEqual([1, 0, 3, 4]);
});

describe('a program is refused', () => {
  const cases: [string, Command[], RegExp][] = [
    ['that waits for a token that is not there', [store({ wait_load: 1 })], /command 0/],
    [
      'whose token was taken',
      [load({ signal_store: 1 }), store({ wait_load: 1 }), store({ wait_load: 1 })],
      /command 2/,
    ],
    [
      'that reads what no command wrote',
      [load({ signal_store: 1 }), store({ wait_load: 1, run: 5 })],
      /command 1.* word 2 /,
    ],
    ['whose store may come before its load', [load(), store()], /command 1.* command 0,.* word 0 /],
    [
      'whose load may come before its store',
      [load({ signal_store: 1 }), store({ wait_load: 1 }), load({ address: 1 })],
      /command 2.* command 1,.* word 1 /,
    ],
    [
      'that loads what may not be stored yet',
      [load({ signal_store: 1 }), store({ wait_load: 1 }), load({ offset: RESULT + 3, run: 1, address: 9 })],
      /command 2.* command 1, .*524291/,
    ],
    [
      'that stores to what may not be loaded yet',
      [
        load({ signal_store: 1 }),
        load({ offset: DATA + 8, run: 1, address: 9 }),
        store({ wait_load: 1, offset: DATA + 6 }),
      ],
      /command 2.* command 1, .*131080/,
    ],
    ['that loads what is not there', [load({ run: 5 })], /131076/],
    ['that loads two runs to one word', [load({ run: 3, count1: 2, memory_step1: 1, buffer_step1: 1 })], /word 1 /],
    [
      'that stores two runs to one byte',
      [load({ signal_store: 1 }), store({ wait_load: 1, run: 2, count1: 2, memory_step1: 1, buffer_step1: 1 })],
      /524289/,
    ],
    ['that gives too many tokens', Array.from({ length: 16 }, () => load({ signal_store: 1 })), /command 15/],
    ['that holds sums of two tiles', [product({ hold: 1, column_tiles: 2 })], /command 0/],
    ['that holds sums of two tiles of pixels', [product({ hold: 1, out_height: 5 })], /command 0/],
  ];
  it.each(cases)('%s', (_, commands, message) => {
    const job = jobOf(...commands);
    job.memory.set(DATA + 6, Uint8Array.of(1, 1, 1));
    expect(() => job.attempt()).toThrow(message);
  });

  it('unless its tokens order it, over a third unit, too', () => {
    const job = jobOf(
      load(),
      // A product that reads and writes elsewhere passes the order on.
      ...operands(),
      product({ ...COMPUTE, wait_load: 1, signal_store: 1 }),
      store({ wait_compute: 1, signal_load: 1 }),
      load({ wait_store: 1, offset: RESULT, address: 1 }),
    );
    expect(job.attempt().error).toBe('none');
    job.commands.pop();
    job.add(load({ offset: RESULT, address: 1 }));
    expect(() => job.attempt()).toThrow(/command 6/);
  });

  it('whatever the order in which a command takes tokens', () => {
    const before = load({ address: 8, signal_compute: 1 });
    const job = jobOf(
      ...operands(),
      before,
      product({ ...COMPUTE, wait_load: 1, signal_store: 1 }),
      load({ address: 12, signal_store: 1 }),
      // The token of the compute unit knows less of the load unit than that of the load unit itself.
      store({ address: 12, wait_load: 1, wait_compute: 1 }),
    );
    expect(job.attempt().error).toBe('none');
  });

  it.each([
    ['results over the second operand', { second: 1, second_start: 100, out_start: 100 }],
    ['results over the copy', { copy: 1, copy_start: 101, out_start: 101 }],
    ['pixels over each other', { out_start: 101, out_height: 2, in_height: 2, out_pixel_words: 0 }],
  ])('with %s', (_, fields) => {
    const order = { wait_load: 1, wait_store: 0 };
    const run = (changed: object): TestJob => jobOf(...operands(), product({ ...COMPUTE, ...order, ...changed }));
    expect(run({ second: 1, second_start: 100, copy: 1, copy_start: 200 }).attempt().error).toBe('none');
    expect(() => run(fields).attempt()).toThrow(/command 4.* word 10[01] /);
  });

  it('with sums that are held for something else', () => {
    const held = product({ ...COMPUTE, wait_load: 1, hold: 1 });
    const next = (other: Command): TestJob => jobOf(...operands(), held, other);
    expect(next(product(COMPUTE)).attempt().error).toBe('none');
    expect(() => next(product({ ...COMPUTE, a_type: 1 })).attempt()).toThrow(/command 5/);
    expect(() => next(command('vector', {})).attempt()).toThrow(/command 5/);
  });
});

/** A product of one step, its operands, and a second operand. */
const COMPUTE = { out_start: 300, second_pixel_words: 1, out_pixel_words: 1 };
const operands = (): Command[] => [
  load({ buffer: bufferNumber('activation'), run: 4 }),
  load({ buffer: bufferNumber('weight'), run: 2 }),
  load({ address: 100, run: 4 }),
  load({ buffer: bufferNumber('constant'), run: 4, signal_compute: 1 }),
];
