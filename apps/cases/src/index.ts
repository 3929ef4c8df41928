export { CASES_SERVICE } from './service.js';
