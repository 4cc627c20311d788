import packageFile from '../../package.json' with { type: 'json' };

/** Name and version of the generator, as emitted files state it. */
export const GENERATOR = `${packageFile.name} ${packageFile.version}`;

export const VERSION = packageFile.version;
