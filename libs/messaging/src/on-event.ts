import type { EventType } from '@kenri/contracts';
import { Catch, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { EventPattern } from '@nestjs/microservices';
import { throwError, type Observable } from 'rxjs';
import type { Received } from './message.js';

/** What `OnEvent` notes about a handler; Nest hands it to the strategy as `extras`. */
export interface HandlerExtras {
  batch?: boolean;
}

/** Nest flattens a handler's error into a text; the strategy must see it whole to tell poison from an outage. */
@Catch()
class KeepError implements ExceptionFilter<unknown> {
  catch(error: unknown): Observable<never> {
    return throwError(() => error);
  }
}
const keepError = UseFilters(new KeepError());

type Handler<M> = (message: M) => Promise<unknown>;
/** Accepts methods whose parameter is what the handler will be given. */
type HandlerDecorator<M> = <H extends Handler<M>>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<H>,
) => void;

/**
 * Subscribes a controller method to an event type. Its promise is the durable effect: the offset follows it.
 *
 * With `batch: true` it gets all messages of its type in a chunk, in order, so that one poll becomes one find, one write, one
 * publication; a chunk that fails is tried again message by message, and only the one at fault is parked.
 */
export function OnEvent<T extends EventType>(type: T, options: { batch: true }): HandlerDecorator<Received<T>[]>;
export function OnEvent<T extends EventType>(type: T, options?: { batch?: false }): HandlerDecorator<Received<T>>;
export function OnEvent(type: EventType, options: HandlerExtras = {}): HandlerDecorator<never> {
  const subscribe = EventPattern(type, { ...options });
  return (target, method, descriptor) => {
    subscribe(target, method, descriptor as PropertyDescriptor);
    keepError(target, method, descriptor);
  };
}
