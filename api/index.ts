export * from './codec.js';
export * from './generator.js';
export * from './selection.js';
