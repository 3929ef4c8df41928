import { createParamDecorator, type ExecutionContext, type MessageEvent } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { Observable, Subject, takeUntil, tap } from 'rxjs';

const HEARTBEAT_MS = 15_000;

/** Id after which a reconnecting reader goes on (HTML, Server-sent events §9.2.4), or undefined. */
export const LastEventId = createParamDecorator((_data: unknown, context: ExecutionContext): string | undefined => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['last-event-id'];
  return typeof header === 'string' && /^[A-Za-z0-9_:.-]{1,200}$/.test(header) ? header : undefined;
});

/** Ends every open stream when the service stops: an open one would hold up the shutdown. */
export class EventStreams {
  private readonly stopped = new Subject<void>();

  /** For an `@Sse` handler: the source with a heartbeat, so that proxies keep the connection and a dead one is noticed. */
  open(source: Observable<MessageEvent>): Observable<MessageEvent> {
    return new Observable((reader) => {
      let last: string | undefined;
      const heartbeat = setInterval(() => {
        // Under the id of the last event: Nest would number it, and a reader coming back would no longer know where it was.
        reader.next({ type: 'heartbeat', data: {}, ...(last !== undefined && { id: last }) });
      }, HEARTBEAT_MS);
      reader.add(() => clearInterval(heartbeat));
      const events = source.pipe(
        tap(({ id }) => (last = id ?? last)),
        takeUntil(this.stopped),
      );
      // Subscribed once: a source that begins with what the reader missed must not lose it to a second subscriber.
      reader.add(events.subscribe(reader));
    });
  }

  beforeApplicationShutdown(): void {
    this.stopped.next();
  }
}
