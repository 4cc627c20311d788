import { busOf, type EngineManifest } from '../../gen/design/engine/manifest.js';
import { compile } from '../../scripts/network/compile/compile.js';
import { predictedLayerCycles } from '../../scripts/network/compile/cycles/layers.js';
import { engineSpeed } from '../../scripts/network/compile/cycles/predict.js';
import { runOnEngine } from '../../scripts/network/infer/engine.js';
import { promptBus } from '../../scripts/verify/engine/simulation.js';
import { RandomNetwork } from '../unit/network/compile/networks.js';

type Window = Parameters<RandomNetwork['pool']>[2];

export const square = (kernel: number, stride = 1, pad = (kernel - 1) / 2): Window => ({
  kernel: [kernel, kernel],
  stride: [stride, stride],
  dilation: [1, 1],
  pad: [pad, pad, pad, pad],
});

/** Networks of layers of all kinds, by what they try. */
export const LAYERS: Readonly<Record<string, (random: RandomNetwork) => string>> = {
  '3 x 3': (random) => random.product(random.input(28, 28, 32), 32, { window: square(3) })[0],
  'a chain of 1 x 1': (random) => {
    const [narrow] = random.product(random.input(28, 28, 64), 16);
    const [wide] = random.product(narrow, 64);
    return random.product(wide, 32)[0];
  },
  'more weights than fit half the buffer': (random) =>
    random.product(random.input(7, 7, 256), 320, { window: square(3) })[0],
  'a block of weights of more than half the buffer': (random) =>
    random.product(random.input(3, 3, 1024), 48, { window: square(3) })[0],
  'channels of an input of more than half the buffer': (random) =>
    random.pool(random.product(random.input(7, 7, 64), 512, { type: 'uint8' })[0], 'sum', square(7, 1, 0), {
      shift: 20,
    }),
  'rows of a matrix': (random) => random.product(random.input(128, 1, 768), 768, { type: 'int8' })[0],
  'one row': (random) => random.product(random.input(1, 1, 512), 1000, { type: 'int8' })[0],
  '8 bits, stride 2': (random) =>
    random.product(random.input(56, 56, 3, 'uint8'), 32, { window: square(7, 2), weightType: 'int8' })[0],
  depthwise: (random) => random.product(random.input(28, 28, 96), 96, { window: square(3), groups: 96 })[0],
  'a residual block': (random) => {
    const [first, copy] = random.product(random.input(28, 28, 32), 32, { window: square(3), copyType: 'uint8' });
    const [middle] = random.product(first, 32, { window: square(3) });
    return random.product(middle, 32, { window: square(3), addend: { tensor: copy, multiplier: 3 } })[0];
  },
  pooling: (random) => {
    const [first] = random.product(random.input(28, 28, 32), 64, { type: 'uint8' });
    const least = random.pool(first, 'maximum', square(3, 2), { type: 'uint4' });
    return random.pool(least, 'sum', square(14, 1, 0), { shift: 20 });
  },
};

/** A layer as it was predicted, and as it was. */
export interface LayerCycles {
  readonly what: string;
  readonly predicted: number;
  readonly measured: number;
}

export async function comparedLayers(
  { manifest, executable }: { readonly manifest: EngineManifest; readonly executable: string },
  what: string,
  latency: number,
): Promise<LayerCycles[]> {
  const random = new RandomNetwork(1);
  const output = (LAYERS[what] as (random: RandomNetwork) => string)(random);
  const compiled = compile(manifest.machine, random.network(output));
  const run = await runOnEngine({ ...busOf(manifest), executable }, compiled, [random.inputs()], {
    bus: promptBus(latency),
  });
  if (run.mismatch !== undefined) throw new Error(`${what}: ${run.mismatch}`);
  const predicted = predictedLayerCycles(compiled, engineSpeed(manifest.configuration, latency));
  return predicted.map((cycles, i) => ({
    ...{ what: `${what}, layer ${i}`, predicted: cycles, measured: run.layers[0]?.[i] as number },
  }));
}
