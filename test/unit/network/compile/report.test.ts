import { describe, expect, it } from 'vitest';
import { command } from '../../../../gen/commands/encode.js';
import { typeNumber } from '../../../../gen/commands/machine.js';
import { compile } from '../../../../scripts/network/compile/compile.js';
import { commandCost } from '../../../../scripts/network/compile/estimate.js';
import { compiledFiles } from '../../../../scripts/network/compile/files.js';
import { requireSumsFit } from '../../../../scripts/network/compile/fits.js';
import { compileReport } from '../../../../scripts/network/compile/report.js';
import { bufferNumber } from '../../../../scripts/verify/engine/programs.js';
import { smallMachine } from '../../golden/engine/machine.js';
import { RandomNetwork } from './networks.js';

const BUS = { busBytes: 8, latency: 10, outstanding: 4 };
const SPEED = { ...BUS, machine: smallMachine(), timing: { sumsDelay: 10, resultsDelay: 8 } };

describe('costs of commands', () => {
  const machine = smallMachine();

  it('count words of rows, sums and beats', () => {
    const size = { out_height: 3, out_width: 3, kernel_height: 3, depth_words: 1, depth_tail: 3, column_tiles: 2 };
    // 9 pixels are 3 tiles of 4 rows; 3 taps of a word; 2 requantiser lanes.
    expect(commandCost(machine, command('product', size), SPEED)).toMatchObject({ array: 2 * 3 * 12, requantiser: 36 });
    // Of 8 bits both: 5 tiles of 2 pixels, two words at a time; half as many channels, and a copy.
    const wide = command('product', { ...size, a_type: typeNumber('uint8'), w_type: typeNumber('int8'), copy: 1 });
    expect(commandCost(machine, wide, SPEED)).toMatchObject({ array: 2 * 5 * 8, requantiser: (36 / 2) * 2 });
    // Three beats of each run, or eight of all together; two words of 16 bytes, or ten of 2.
    const load = command('load', { run: 20, count1: 3, memory_step1: 32, buffer: bufferNumber('constant') });
    expect(commandCost(machine, load, SPEED)).toMatchObject({ memory: 10 + 9, bytes: 60 });
    expect(commandCost(machine, { ...load, memory_step1: 20 }, SPEED).memory).toBe(10 + 8);
    expect(commandCost(machine, { ...load, buffer: bufferNumber('activation') }, SPEED).memory).toBe(10 + 30);
  });
});

describe('the files of a compiled network', () => {
  const random = new RandomNetwork(2);
  const [first, copy] = random.product(random.input(6, 6, 5), 6, { copyType: 'uint8' });
  const [output] = random.product(first, 6, { addend: { tensor: copy, multiplier: 3 }, type: 'int8' });
  const compiled = compile(smallMachine(), random.network(output));
  const report = compileReport(compiled, 'small', SPEED);
  const files = new Map(compiledFiles(compiled, report).map(({ path, content }) => [path, content]));

  it('tell what each layer moves and takes', () => {
    const [one, two] = report.layers;
    expect(one).toMatchObject({ macs: 36 * 5 * 6, kind: 'product', input: 'uint4', output: 'uint4', parts: 1 });
    // 36 pixels of 2 words for 4-bit codes, and of 4 for the copy; 8 channels are stored.
    expect(one?.bytesStored).toBe(36 * (4 + 6));
    expect(two?.bytesLoaded).toBeGreaterThan(36 * (4 + 6));
    expect(report.macs).toBe(36 * (5 * 6 + 6 * 6));
    expect(report.layers.reduce((sum, { predictedCycles }) => sum + predictedCycles, 0)).toBe(report.predictedCycles);
    expect(report.predictedUtilisation).toBeLessThanOrEqual(1);
  });

  it('say where everything lies', () => {
    const map = JSON.parse(files.get('map.json') as string);
    expect(map.inputs[0]).toMatchObject({ base: 1, offset: 0, bytes: 36 * 4, channels: 5 });
    expect(map.outputs[0]).toMatchObject({ base: 2, height: 6, type: 'int8' });
    expect(map.commands.offset + 64 * map.commands.count).toBe((files.get('image.bin') as Uint8Array).length);
    const header = files.get('map.h') as string;
    expect(header).toContain(`#define NETWORK_START_OFFSET ${map.commands.offset}u\n`);
    expect(header).toContain(`#define NETWORK_IMAGE_BYTES ${map.bases.image.bytes}u\n`);
    expect(header).toContain('#define NETWORK_INPUT0_BYTES 144u\n');
  });
});

describe('what does not fit', () => {
  const random = new RandomNetwork(5);
  const [output] = random.product(random.input(4, 4, 60), 6, { type: 'int8' });
  const network = random.network(output);

  it('is a layer whose sums may be greater than the accumulators', () => {
    const machine = smallMachine();
    requireSumsFit({ ...machine, accumulatorBits: 24 }, network);
    expect(() => requireSumsFit({ ...machine, accumulatorBits: 8 }, network)).toThrow(/sums from .* to .*--max-k/s);
  });
});
