import { ConflictError, TooLarge, Unavailable } from '@kenri/messaging';
import { problemOf } from './problem-filter.js';

const named = (name: string, more: object = {}) => Object.assign(new Error('of the driver'), { name }, more);

describe('an error as a problem', () => {
  test.each([
    ['a connection that broke', named('MongoNetworkError')],
    ['a pool that was cleared under a request', named('PoolClearedOnNetworkError')],
    ['a client that is closing', named('MongoClientClosedError')],
    ['a connection that none was free of in time', named('MongoWaitQueueTimeoutError')],
    ['a server that is shutting down', named('MongoServerError', { code: 91 })],
    ['a socket that was reset', Object.assign(new Error('read'), { code: 'ECONNRESET' })],
    ['one of these as the cause', new Error('outer', { cause: named('MongoPoolClosedError') })],
    ['a race that was lost ten times', new ConflictError(['a'], 10)],
    ['what says so itself', new Unavailable('the store')],
  ])('%s is "not now", never an internal error', (_what, error) => {
    expect(problemOf(error).status).toBe(503);
  });

  test('a record that can hold no more refuses, and says so', () => {
    expect(problemOf(new TooLarge('document 山田 would have 9 bytes'))).toMatchObject({
      code: 'conflict',
      status: 409,
    });
  });

  test('anything else is an internal error, of which nothing is quoted', () => {
    const problem = problemOf(new TypeError('山田太郎 is not a function'));
    expect(problem.status).toBe(500);
    expect(JSON.stringify(problem)).not.toContain('山田');
  });
});
