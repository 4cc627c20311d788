import { RandomGraph, type RandomNetwork } from './graph.js';

/** Images of three channels. */
const IMAGE = { name: 'image', shape: [3, 224, 224] } as const;
const CLASSES = 1000;

/** Channels of a tensor beside its name. */
interface Map {
  readonly name: string;
  readonly channels: number;
}

interface ConvolutionOptions {
  readonly out: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly groups?: number;
  /** 1 keeps the size of values behind a ReLU. */
  readonly gain?: number;
}

/** Padded so that stride 1 keeps the size; batch normalisation folded in. */
function convolution(graph: RandomGraph, name: string, input: Map, options: ConvolutionOptions): Map {
  const { out, kernel, stride = 1, groups = 1, gain = 1 } = options;
  const depth = (input.channels / groups) * kernel * kernel;
  const weights = graph.random(
    `${name}.weight`,
    [out, input.channels / groups, kernel, kernel],
    gain * (2 / depth) ** 0.5,
  );
  const bias = graph.random(`${name}.bias`, [out], 0.1);
  const pad = (kernel - 1) / 2;
  const attributes = {
    ...{ kernel_shape: [kernel, kernel], strides: [stride, stride], pads: [pad, pad, pad, pad], dilations: [1, 1] },
    group: groups,
  };
  return { name: graph.node('Conv', name, [input.name, weights, bias], attributes), channels: out };
}

const relu = (graph: RandomGraph, { name, channels }: Map): Map => ({
  name: graph.node('Relu', `${name}.relu`, [name]),
  channels,
});

const add = (graph: RandomGraph, name: string, one: Map, other: Map): Map => ({
  name: graph.node('Add', name, [one.name, other.name]),
  channels: one.channels,
});

/** Mean of each channel, then a matrix. */
function classifier(graph: RandomGraph, { name, channels }: Map): string {
  const mean = graph.node('GlobalAveragePool', 'mean', [name]);
  const flat = graph.node('Flatten', 'flat', [mean], { axis: 1 });
  const weights = graph.random('classes.weight', [CLASSES, channels], channels ** -0.5);
  const bias = graph.random('classes.bias', [CLASSES], 0.1);
  return graph.node('Gemm', 'classes', [flat, weights, bias], { transB: 1 });
}

/** Of the last convolution of a residual branch: sums grow little from block to block. */
const BRANCH_GAIN = 0.5;

/** ResNet-50 (He et al., 2016), with the stride in the 3 x 3 convolution. */
export function resnet50(seed: number): RandomNetwork {
  const graph = new RandomGraph(seed);
  let map = relu(
    graph,
    convolution(graph, 'conv1', { name: IMAGE.name, channels: 3 }, { out: 64, kernel: 7, stride: 2 }),
  );
  const pool = { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] };
  map = { ...map, name: graph.node('MaxPool', 'pool1', [map.name], pool) };
  for (const [stage, depth] of [3, 4, 6, 3].entries()) {
    const width = 64 * 2 ** stage;
    for (let block = 0; block < depth; block++) {
      const name = `layer${stage + 1}.${block}`;
      const stride = stage > 0 && block === 0 ? 2 : 1;
      const narrow = relu(graph, convolution(graph, `${name}.conv1`, map, { out: width, kernel: 1 }));
      const middle = relu(graph, convolution(graph, `${name}.conv2`, narrow, { out: width, kernel: 3, stride }));
      const wide = convolution(graph, `${name}.conv3`, middle, { out: 4 * width, kernel: 1, gain: BRANCH_GAIN });
      const shortcut =
        block === 0
          ? convolution(graph, `${name}.shortcut`, map, { out: 4 * width, kernel: 1, stride, gain: 0.7 })
          : map;
      map = relu(graph, add(graph, `${name}.sum`, wide, shortcut));
    }
  }
  return { proto: graph.model(IMAGE, classifier(graph, map)), input: IMAGE };
}

/** Inverted residuals of MobileNet-v2: how many times as wide inside, channels, blocks, stride of the first. */
const INVERTED = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const;

/** MobileNet-v2 (Sandler et al., 2018) of width 1. */
export function mobilenetV2(seed: number): RandomNetwork {
  const graph = new RandomGraph(seed);
  const [zero, six] = [graph.number('zero', 0), graph.number('six', 6)];
  const relu6 = ({ name, channels }: Map): Map => ({
    name: graph.node('Clip', `${name}.relu6`, [name, zero, six]),
    channels,
  });
  let map = relu6(convolution(graph, 'conv1', { name: IMAGE.name, channels: 3 }, { out: 32, kernel: 3, stride: 2 }));
  let at = 0;
  for (const [expansion, out, blocks, first] of INVERTED) {
    for (let block = 0; block < blocks; block++) {
      at++;
      const name = `block${at}`;
      const stride = block === 0 ? first : 1;
      const width = map.channels * expansion;
      const wide = expansion === 1 ? map : relu6(convolution(graph, `${name}.expand`, map, { out: width, kernel: 1 }));
      const each = relu6(
        convolution(graph, `${name}.depthwise`, wide, { out: width, kernel: 3, stride, groups: width }),
      );
      const narrow = convolution(graph, `${name}.project`, each, { out, kernel: 1, gain: BRANCH_GAIN });
      map = stride === 1 && map.channels === out ? add(graph, `${name}.sum`, narrow, map) : narrow;
    }
  }
  map = relu6(convolution(graph, 'conv2', map, { out: 1280, kernel: 1 }));
  return { proto: graph.model(IMAGE, classifier(graph, map)), input: IMAGE };
}
