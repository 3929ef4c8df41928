export { INTAKE } from './service.js';
