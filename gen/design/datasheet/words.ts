import { clusterGrid } from '../../rtl/cluster-grid.js';
import type { Design } from '../../rtl/design.js';

/** The words that the datasheet uses, before it uses them. */
export function words({ config, facts }: Design): { word: string; meaning: string }[] {
  const { weightsStay, stepsPerBeat } = facts.tile;
  return [
    { word: 'code', meaning: 'the bits of one number, as they lie in memory' },
    { word: 'beat', meaning: 'one transfer of a stream: valid and ready are 1 at a rising clock edge' },
    {
      word: 'lane',
      meaning: `the field of a beat that belongs to one row or column${stepsPerBeat > 1 ? ', of one of its products' : ''}`,
    },
    {
      word: 'tile',
      meaning: weightsStay
        ? 'one block of the matrix product: the weights up to `w_last_i`, and the activations up to `a_last_i` that they multiply'
        : 'one block of the matrix product: the beats up to `in_last_i`',
    },
    { word: 'reduction step', meaning: 'one product of every sum; the steps of a sum are k = 0, 1, 2 ...' },
    { word: 'least step', meaning: 'the least distance of two values of a type; the hardware counts in it' },
    ...(clusterGrid(config).clustered ? [{ word: 'cluster', meaning: 'PEs that share operand registers' }] : []),
  ];
}

/** Which code of an example lies where. @param wide Whether it is that of 8-bit integers. */
export function exampleLayout({ facts }: Design, wide: boolean): string {
  const { weightsStay, stepsPerBeat: steps } = facts.tile;
  if (steps > 1)
    return `${weightsStay ? stationarySteps(steps, wide) : jointSteps(steps)}${wide ? halvesOf(steps) : ''}`;
  const lanes = wide ? ' An 8-bit code takes two lanes, lane 0 on the right.' : '';
  if (weightsStay) {
    const rows = 'Beat m of the activations carries row m of theirs, step k on lane k.';
    return wide
      ? `The weights have a beat for every lane of activations: with 8-bit activations, row k of their matrix comes twice. Beat m of the activations carries row m of theirs.${lanes}`
      : `Beat k of the weights carries row k of their matrix. ${rows}`;
  }
  return `Beat k carries reduction step k: a column of the activations and a row of the weights${wide ? `.${lanes}` : ', lane 0 on the right.'}`;
}

const jointSteps = (steps: number): string =>
  `A beat carries ${steps} reduction steps. Step k of row or column i is lane i * ${steps} + k; lane 0 is on the right.`;

function stationarySteps(steps: number, wide: boolean): string {
  const twice = wide ? ', with 8-bit activations twice' : '';
  return `The first beat of the weights carries steps 0 to ${steps - 1}${twice}: step k of column c is lane c * ${steps} + k. Beat m of the activations carries row m of theirs, step k on lane k; lane 0 is on the right.`;
}

const halvesOf = (steps: number): string =>
  ` An 8-bit code takes two rows or columns: its low half lies as a 4-bit code of the even one, its high half ${steps} lanes above.`;
