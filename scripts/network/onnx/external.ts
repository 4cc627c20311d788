import { closeSync, existsSync, fstatSync, openSync, readSync, realpathSync } from 'node:fs';
import { join, resolve, sep } from 'node:path';
import { type GraphProto, type TensorProto, TensorProto_DataLocation } from 'onnx-buf';
import { UserError } from '../../../gen/base/errors.js';
import { allNodes, subgraphs } from './nodes.js';

/** All tensors of a graph with their names: initialisers and attributes, those of inner graphs too. */
export function* tensorsOf(graph: GraphProto): Generator<readonly [string, TensorProto]> {
  for (const tensor of graph.initializer) yield [tensor.name, tensor];
  for (const node of allNodes(graph)) {
    for (const { t } of node.attribute) if (t) yield [node.output[0] ?? node.name, t];
    for (const inner of subgraphs(node)) for (const tensor of inner.initializer) yield [tensor.name, tensor];
  }
}

const isExternal = ({ dataLocation, externalData }: TensorProto): boolean =>
  dataLocation === TensorProto_DataLocation.EXTERNAL || externalData.length > 0;

/**
 * Reads what a model keeps in other files into it.
 *
 * @param folder Folder of the model, the only one that is read from; none where the model is no file.
 * @throws UserError when such a file is missing, outside of the folder, or too short.
 */
export function readExternalData(graph: GraphProto, name: string, folder: string | undefined): void {
  for (const [title, tensor] of tensorsOf(graph)) {
    if (!isExternal(tensor)) continue;
    const entries = new Map(tensor.externalData.map(({ key, value }) => [key, value]));
    const location = entries.get('location');
    if (folder === undefined || location === undefined) {
      throw new UserError(
        `${name}: the data of ${title} is in another file${location === undefined ? '' : `, ${location}`}`,
      );
    }
    const number = (key: string): number | undefined => {
      const text = entries.get(key);
      return text === undefined ? undefined : Number(text);
    };
    const where = { file: fileInside(folder, location, `${name}: the data of ${title}`), title: `${name}: ${title}` };
    tensor.rawData = readPart(where, number('offset') ?? 0, number('length'));
    tensor.externalData = [];
    tensor.dataLocation = TensorProto_DataLocation.DEFAULT;
  }
}

/** @throws UserError for a path that leads out of the folder, through a link too. */
function fileInside(folder: string, location: string, what: string): string {
  const root = realpathSync(folder);
  const within = (path: string): boolean => path.startsWith(root.endsWith(sep) ? root : root + sep);
  const refusal = (): UserError =>
    new UserError(`${what} is in ${location}, outside of the model's folder; only files in that folder are read`);
  if (!within(resolve(root, location))) throw refusal();
  const file = join(root, location);
  if (!existsSync(file)) throw new UserError(`${what} is in ${location}, and there is no such file beside the model`);
  if (!within(realpathSync(file))) throw refusal();
  return file;
}

function readPart(
  { file, title }: { readonly file: string; readonly title: string },
  offset: number,
  length: number | undefined,
): Uint8Array<ArrayBuffer> {
  const handle = openSync(file, 'r');
  try {
    const size = fstatSync(handle).size;
    const count = length ?? size - offset;
    if (!(offset >= 0 && count >= 0 && offset + count <= size)) {
      throw new UserError(`${title}: ${count} bytes from ${offset} on are wanted of ${file}, which has ${size}`);
    }
    const bytes = new Uint8Array(count);
    for (let filled = 0; filled < count; ) {
      const read = readSync(handle, bytes, filled, count - filled, offset + filled);
      if (read === 0) throw new UserError(`${title}: ${file} ends too early`);
      filled += read;
    }
    return bytes;
  } finally {
    closeSync(handle);
  }
}
