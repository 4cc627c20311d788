import { existsSync } from 'node:fs';
import { join } from 'node:path';

/** Fashion-MNIST: images that the networks of `models/` are calibrated and tested with. */
export const DATA = { title: 'Fashion-MNIST', package: 'dataset-fashion-mnist' } as const;

/** Where Debian's package has the images. */
const DEBIAN_FOLDER = '/usr/share/datasets/fashion-mnist';
/** Variable of the environment that names another folder with the four files of the data set. */
const FOLDER_VARIABLE = 'FASHION_MNIST';

/** How to get the data set where it is missing. */
export const DATA_ADVICE = `install ${DATA.title} with apt-get install ${DATA.package} (Debian, Ubuntu), or set ${FOLDER_VARIABLE} to the folder of its four files`;

/** The folder of the data set. */
export const dataFolder = (env: NodeJS.ProcessEnv = process.env): string => env[FOLDER_VARIABLE] ?? DEBIAN_FOLDER;

/** Whether the data set is there: its test images stand for all. */
export const hasData = (env?: NodeJS.ProcessEnv): boolean =>
  existsSync(join(dataFolder(env), 't10k-images-idx3-ubyte.gz'));
