/**
 * The choice of a type and of scales for a tensor, by the least squared error.
 *
 * @module
 */
export type { Matrix } from '../gen/base/matrix.js';
export {
  type ActivationOptions,
  type QuantisedMatrix,
  quantiseActivations,
  quantiseWeights,
  type TypeCost,
  type WeightOptions,
} from '../scripts/network/search/tensor.js';
