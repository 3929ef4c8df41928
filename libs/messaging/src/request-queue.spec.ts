import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import './request-queue.js';

interface Request {
  entry: { correlationId: number };
  expectResponse: boolean;
  sendRequest: () => void;
}
interface Queue {
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  push(request: Request): void;
  fulfillRequest(answer: { correlationId: number; payload: object; size: number }): void;
  maybeThrottle(milliseconds: number): void;
  destroy(): void;
}

const RequestQueue = createRequire(import.meta.url)('kafkajs/src/network/requestQueue') as new (
  options: object,
) => Queue;
const logger = { debug: () => undefined, warn: () => undefined };
const made = (maxInFlightRequests: number | null) =>
  new RequestQueue({
    instrumentationEmitter: null,
    maxInFlightRequests,
    requestTimeout: 5000,
    enforceRequestTimeout: false,
    clientId: 'c',
    broker: 'b',
    logger,
    isConnected: () => true,
  });

describe('the request queue of a connection', () => {
  let sent: number[];
  let queue: Queue;
  afterEach(() => queue.destroy());
  const request = (correlationId: number): Request => ({
    entry: { correlationId, apiKey: 0, apiName: 'Fetch', apiVersion: 11, resolve: () => undefined } as never,
    expectResponse: true,
    sendRequest: () => sent.push(correlationId),
  });
  const answer = (correlationId: number) => ({ correlationId, payload: {}, size: 1 });
  beforeEach(() => (sent = []));

  test('sets no timer while nothing waits', () => {
    queue = made(null);
    queue.push(request(1));
    queue.fulfillRequest(answer(1));
    expect(sent).toEqual([1]);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });

  test('sends what waits behind others when one of them is answered', () => {
    queue = made(1);
    queue.push(request(1));
    queue.push(request(2));
    expect(sent).toEqual([1]);
    queue.fulfillRequest(answer(1));
    expect(sent).toEqual([1, 2]);
  });

  test('sends what a throttle kept back when it is over, and rests then', async () => {
    queue = made(null);
    queue.maybeThrottle(50);
    queue.push(request(1));
    expect(sent).toEqual([]);
    expect(queue.throttleCheckTimeoutId).not.toBeNull();
    for (const deadline = Date.now() + 5000; sent.length === 0 && Date.now() < deadline;) await delay(5);
    expect(sent).toEqual([1]);
    expect(queue.throttleCheckTimeoutId).toBeNull();
  });
});
