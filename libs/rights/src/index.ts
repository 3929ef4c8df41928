export * from './kinds.js';
export * from './due.js';
export * from './refusal-grounds.js';
export * from './four-eyes.js';
export * from './straight-through.js';
export * from './outcome.js';
