import type { Network } from '../layer.js';
import { inceptionV3 } from './inception.js';
import { resnet18, resnet50 } from './resnet.js';
import { bertBase, vitB16 } from './transformer.js';
import { vgg16 } from './vgg.js';

/** The networks of the published comparison, in its order. */
export const NETWORKS: ReadonlyMap<string, () => Network> = new Map([
  ['VGG16', vgg16],
  ['ResNet18', resnet18],
  ['ResNet50', resnet50],
  ['InceptionV3', inceptionV3],
  ['ViT', vitB16],
  ['BERT-MNLI', () => bertBase('MNLI')],
  ['BERT-CoLA', () => bertBase('CoLA')],
  ['BERT-SST-2', () => bertBase('SST-2')],
]);
