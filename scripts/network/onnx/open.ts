import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { UserError } from '../../../gen/base/errors.js';
import { type NetworkInput, type OnnxModel, readModel } from './model.js';

/** A model with the bytes of its file. */
export interface OpenedModel {
  readonly bytes: Uint8Array;
  readonly model: OnnxModel;
}

/** @throws UserError for a file that cannot be read, or is no model. */
export function openModel(file: string): OpenedModel {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new UserError(`cannot read ${file}: ${(error as Error).message}`);
  }
  return { bytes, model: readModel(bytes, file, dirname(file)) };
}

/**
 * A model whose inputs have the sizes given.
 *
 * @param texts `input=1x3x48x192`, or the sizes alone where there is one input.
 * @throws UserError for sizes that contradict the file's.
 */
export function fixShapes(model: OnnxModel, texts: readonly string[]): OnnxModel {
  const given = new Map(texts.map((text) => shapeOf(text, model)));
  return { ...model, inputs: model.inputs.map((input) => fixed(input, given.get(input.name))) };
}

function shapeOf(text: string, { inputs }: OnnxModel): [string, number[]] {
  const [, name = inputs.length === 1 ? inputs[0]?.name : undefined, sizes = ''] =
    /^(?:(.+)=)?([^=]*)$/.exec(text) ?? [];
  const names = inputs.map((input) => input.name);
  if (name === undefined || !names.includes(name)) {
    throw new UserError(`--shape ${text}: name one of the inputs ${names.join(', ')}, as in ${names[0]}=1x3x48x192`);
  }
  const shape = sizes === '' ? [] : sizes.split('x').map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw new UserError(`--shape ${text}: sizes are whole numbers with x between them, as in 1x3x48x192`);
  }
  return [name, shape];
}

function fixed(input: NetworkInput, shape: readonly number[] | undefined): NetworkInput {
  if (!shape) return input;
  const own = input.shape;
  const fits = !own || (own.length === shape.length && own.every((size, i) => size === undefined || size === shape[i]));
  if (fits) return { ...input, shape };
  const text = own.map((size) => size ?? '?').join('x');
  throw new UserError(`--shape ${input.name}=${shape.join('x')}: the file has ${text}`);
}
