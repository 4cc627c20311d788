import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ROOT } from '../../../gen/base/installed.js';
import { type OnnxModel, readModel } from '../onnx/model.js';

const MODELS = join(ROOT, 'models');

/** The networks that `models/train.py` trained, by name. */
export const trainedNetworks = (): string[] =>
  readdirSync(MODELS)
    .filter((file) => file.endsWith('.onnx'))
    .map((file) => basename(file, '.onnx'));

/** Where a network lies. */
export const trainedFile = (name: string): string => join(MODELS, `${name}.onnx`);

export const trainedNetwork = (name: string): OnnxModel =>
  readModel(readFileSync(trainedFile(name)), trainedFile(name));
