export * from './topics.js';
export * from './vocabulary.js';
export * from './sealed.js';
export * from './applicant.js';
export * from './events.js';
export * from './review.js';
export * from './validate.js';
export * from './identifiers.js';
export { asyncApiDocument } from './asyncapi.js';
