import { createRequire } from 'node:module';
import { MongoBulkWriteError, MongoServerSelectionError } from 'mongodb';
import { ConflictError, Unavailable, Unprocessable } from './errors.js';
import { classify, isPassing, nameFailure, reasonOf } from './failure.js';

const named = (name: string, extra: object = {}) => Object.assign(new Error('secret text'), { name, ...extra });

it.each([
  ['a refused connection', named('Error', { code: 'ECONNREFUSED' })],
  ['no primary', named('MongoServerSelectionError')],
  [
    'no primary in the middle of a bulk write',
    new MongoBulkWriteError(new MongoServerSelectionError('secret text', {} as never) as never, {} as never),
  ],
  ['a database that steps down', named('MongoServerError', { code: 10107 })],
  ['a database without room', named('MongoServerError', { code: 14031 })],
  [
    'a database whose storage engine has stopped',
    named('MongoServerError', { code: 1, message: 'WiredTiger error: WT_PANIC: WiredTiger library panic' }),
  ],
  [
    'a broker that does not answer',
    named('KafkaJSNumberOfRetriesExceeded', { cause: named('KafkaJSRequestTimeoutError') }),
  ],
  ['too few replicas', named('KafkaJSProtocolError', { type: 'NOT_ENOUGH_REPLICAS' })],
  ['a lost race', new ConflictError(['a'], 10)],
  ['what a handler calls unavailable', new Error('outer', { cause: new Unavailable('the store') })],
])('%s is waited out, never parked', (_what, error) => {
  expect(classify(error)).toBe('unavailable');
});

it('kafkajs asking a broker whose connection it has lost is waited out: it throws an error without a class', async () => {
  const Broker = createRequire(import.meta.url)('kafkajs/src/broker') as new (options: object) => {
    metadata: () => Promise<unknown>;
  };
  const lost: unknown = await new Broker({ connectionPool: {}, logger: { namespace: () => ({}) } })
    .metadata()
    .catch((error: unknown) => error);
  expect(lost).toBeInstanceOf(Error);
  expect((lost as Error).name).toBe('Error');
  expect(isPassing(lost)).toBe(true);
  expect(classify(lost)).toBe('unavailable');
});

it('what a handler calls unprocessable is, also inside another error', () => {
  expect(classify(new Error('outer', { cause: new Unprocessable('no-rule') }))).toBe('unprocessable');
});

it.each([
  ['a programming error', new TypeError('secret text')],
  ['a duplicate key', named('MongoServerError', { code: 11000 })],
  ['a message the broker finds too large', named('KafkaJSProtocolError', { type: 'MESSAGE_TOO_LARGE' })],
  ['something that is no error', 'secret text'],
])('%s is unexpected: tried again a few times, then parked', (_what, error) => {
  expect(classify(error)).toBe('unexpected');
});

it('reasons and names hold classes and codes, never an error’s text', () => {
  const error = named('MongoServerError', { code: 11000, cause: new Error('secret text') });
  expect(nameFailure(error)).toBe('MongoServerError 11000 < Error');
  expect(JSON.stringify(reasonOf(error))).not.toContain('secret');
});

it('a cause that leads back to itself ends', () => {
  const error = new Error('loop');
  error.cause = error;
  expect(classify(error)).toBe('unexpected');
});

it('an Unprocessable’s code cannot be free text', () => {
  expect(() => new Unprocessable('山田 太郎')).toThrow(TypeError);
});
