import { Controller, Module, Sse, type MessageEvent } from '@nestjs/common';
import { concat, NEVER, of, type Observable } from 'rxjs';
import { Roles } from '../access/access.js';
import type { Service } from '../start.js';
import { TrialSurroundings } from '../trial/environment.js';
import { EventStreams, LastEventId } from './server-sent-events.js';

@Controller('stream')
class StreamController {
  constructor(private readonly streams: EventStreams) {}
  @Sse('ending')
  @Roles('case-worker')
  ending(@LastEventId() after: string | undefined): Observable<MessageEvent> {
    return this.streams.open(of({ id: '2', data: { after: after ?? null } }));
  }
  @Sse('open')
  @Roles('case-worker')
  open(): Observable<MessageEvent> {
    return this.streams.open(concat(of({ id: '1', data: 'first' }), NEVER));
  }
}
@Module({ controllers: [StreamController] })
class StreamModule {}

let surroundings: TrialSurroundings;
let service: Service<Record<never, never>>;
beforeAll(async () => {
  surroundings = await TrialSurroundings.start();
  service = await surroundings.service(StreamModule);
});
let stopped = false;
afterAll(() => (stopped ? undefined : surroundings?.stop(service)));

const open = async (path: string, headers: Record<string, string> = {}) =>
  fetch(service.url + path, {
    headers: { ...headers, authorization: `Bearer ${await surroundings.issuer.token(['case-worker'])}` },
  });

describe('a stream of events', () => {
  it('is given to the roles of its route only', async () => {
    expect((await fetch(`${service.url}/stream/ending`)).status).toBe(401);
  });

  it('tells where a reader left off, and ends with its source', async () => {
    const response = await open('/stream/ending', { 'last-event-id': '1' });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const text = await response.text();
    expect(text).toContain('id: 2');
    expect(text).toContain('{"after":"1"}');
  });

  it('does not hold up the stopping of the service', async () => {
    const response = await open('/stream/open');
    const reader = (response.body as ReadableStream<Uint8Array>).getReader();
    let received = '';
    while (!received.includes('first')) {
      const { value, done } = await reader.read();
      if (done) throw new Error(`the stream ended after ${received}`);
      received += Buffer.from(value).toString();
    }
    const before = performance.now();
    stopped = true;
    await surroundings.stop(service);
    for (let ended = false; !ended;) ended = (await reader.read()).done;
    expect(performance.now() - before).toBeLessThan(20_000);
  });
});
