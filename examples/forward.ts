import type { NodeProto } from 'onnx-buf';
import { integersOf, type Network, realOf, type Tensor } from './onnx.js';

/** What goes into a node; constants have any shape, activations are channels x height x width. */
type Inputs = readonly Tensor[];

/**
 * The value of a tensor inside a network for one input image: a plain forward pass over the nodes before it, for the
 * operators that small convolutional networks use.
 */
export function forward({ constants, nodes }: Network, image: Tensor, wanted: string): Tensor {
  const values = new Map<string, Tensor>([...constants, ['x', image]]);
  for (const node of nodes) {
    const inputs = node.input.map((name) => {
      const value = values.get(name);
      if (!value) throw new Error(`${node.opType} reads ${name}, which nothing computes`);
      return value;
    });
    const output = node.output[0] as string;
    values.set(output, run(node, inputs));
    if (output === wanted) break;
  }
  const result = values.get(wanted);
  if (!result) throw new Error(`the network has no tensor ${wanted}`);
  return result;
}

function run(node: NodeProto, inputs: Inputs): Tensor {
  const x = inputs[0] as Tensor;
  switch (node.opType) {
    case 'Conv':
      return convolution(node, inputs);
    case 'BatchNormalization':
      return batchNormalization(node, inputs);
    case 'Relu':
      return map(x, (value) => Math.max(value, 0));
    case 'Clip':
      return map(x, (value) => Math.min(Math.max(value, realOf(node, 'min')), realOf(node, 'max')));
    case 'HardSigmoid':
      return map(x, (value) => Math.min(Math.max(realOf(node, 'alpha') * value + realOf(node, 'beta'), 0), 1));
    case 'GlobalAveragePool':
      return average(x);
    case 'Add':
      return combine(inputs, (a, b) => a + b);
    case 'Mul':
      return combine(inputs, (a, b) => a * b);
    case 'Div':
      return combine(inputs, (a, b) => a / b);
    default:
      throw new Error(`operator ${node.opType} is not built here`);
  }
}

const map = ({ shape, data }: Tensor, f: (value: number) => number): Tensor => ({ shape, data: data.map(f) });

/** Element by element; the second operand may be one number, or one number per channel. */
function combine(inputs: Inputs, f: (a: number, b: number) => number): Tensor {
  const [a, b] = inputs as [Tensor, Tensor];
  if (a.data.length < b.data.length) return combine([b, a], (x, y) => f(y, x));
  const repeat = a.data.length / b.data.length;
  if (repeat !== 1 && b.data.length !== 1 && b.data.length !== a.shape[0]) {
    throw new Error(`shapes ${a.shape} and ${b.shape} do not fit`);
  }
  return { shape: a.shape, data: a.data.map((value, i) => f(value, b.data[Math.floor(i / repeat)] as number)) };
}

function average({ shape, data }: Tensor): Tensor {
  const [channels, height, width] = shape as [number, number, number];
  const pixels = height * width;
  const means = Float32Array.from({ length: channels }, (_, c) => {
    const sum = data.subarray(c * pixels, (c + 1) * pixels).reduce((total, value) => total + value, 0);
    return sum / pixels;
  });
  return { shape: [channels, 1, 1], data: means };
}

function batchNormalization(node: NodeProto, inputs: Inputs): Tensor {
  const [x, scale, bias, mean, variance] = inputs as [Tensor, Tensor, Tensor, Tensor, Tensor];
  const epsilon = realOf(node, 'epsilon');
  const pixels = x.data.length / (x.shape[0] as number);
  const data = x.data.map((value, i) => {
    const c = Math.floor(i / pixels);
    const [s, b, m, v] = [scale, bias, mean, variance].map((tensor) => tensor.data[c] as number) as [
      number,
      number,
      number,
      number,
    ];
    return ((value - m) / Math.sqrt(v + epsilon)) * s + b;
  });
  return { shape: x.shape, data };
}

function convolution(node: NodeProto, inputs: Inputs): Tensor {
  const [x, weights, bias] = inputs as [Tensor, Tensor, Tensor | undefined];
  const [, height, width] = x.shape as [number, number, number];
  const [filters, depth, kernelH, kernelW] = weights.shape as [number, number, number, number];
  const [strideH, strideW] = integersOf(node, 'strides') as [number, number];
  const [top, left, bottom, right] = integersOf(node, 'pads') as [number, number, number, number];
  const filtersPerGroup = filters / (integersOf(node, 'group')[0] as number);
  const outH = Math.floor((height + top + bottom - kernelH) / strideH) + 1;
  const outW = Math.floor((width + left + right - kernelW) / strideW) + 1;
  const data = new Float32Array(filters * outH * outW);
  for (let f = 0; f < filters; f++) {
    const firstChannel = Math.floor(f / filtersPerGroup) * depth;
    for (let i = 0; i < outH; i++) {
      for (let j = 0; j < outW; j++) {
        let sum = bias?.data[f] ?? 0;
        for (let d = 0; d < depth; d++) {
          for (let u = 0; u < kernelH; u++) {
            const y = i * strideH + u - top;
            if (y < 0 || y >= height) continue;
            for (let v = 0; v < kernelW; v++) {
              const z = j * strideW + v - left;
              if (z < 0 || z >= width) continue;
              const weight = weights.data[((f * depth + d) * kernelH + u) * kernelW + v] as number;
              sum += weight * (x.data[((firstChannel + d) * height + y) * width + z] as number);
            }
          }
        }
        data[(f * outH + i) * outW + j] = sum;
      }
    }
  }
  return { shape: [filters, outH, outW], data };
}
