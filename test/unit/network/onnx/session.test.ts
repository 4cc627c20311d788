import { TensorProto_DataType } from 'onnx-buf';
import { expect, it } from 'vitest';
import { openSession } from '../../../../scripts/network/onnx/session.js';
import { modelOf, node, randomTensor, valueInfo } from '../../../support/onnx.js';

it('says what a network was given when it does not run: inputs, types, sizes, the range of integers', async () => {
  const session = await openSession(
    modelOf({
      nodes: [node('Gather', ['table', 'ids'], 'e'), node('Add', ['e', 'x'], 'y')],
      constants: { table: randomTensor([50, 4], 1) },
      input: [valueInfo('ids', ['n'], TensorProto_DataType.INT64), valueInfo('x', ['n', 4])],
    }),
  );
  const run = (...ids: bigint[]) =>
    session.run(
      new Map([
        ['ids', { type: 'int64' as const, shape: [ids.length], data: BigInt64Array.from(ids) }],
        ['x', { type: 'float32' as const, shape: [2, 4], data: new Float32Array(8) }],
      ]),
    );
  expect((await run(49n, 0n)).get('y')?.shape).toEqual([2, 4]);
  await expect(run(77n, 3n)).rejects.toThrow(/\bids \(int64, 2, 3 to 77\), x \(float32, 2 x 4\).*\b49\b/s);
  await session.close();
});
