import { Injectable, Logger, type MessageEvent } from '@nestjs/common';
import { Observable, Subject, type Subscription } from 'rxjs';
import { CaseStore } from './case.store.js';
import type { CaseState } from './decisions/case-state.js';
import { caseLine } from './queries/case-view.js';

const REMEMBERED = 1000;
const REOPEN_MS = 1000;

/** From here on nothing is missed: a reader that loads its lists after this has the whole state. */
const READY: MessageEvent = { type: 'ready', data: {} };
const RESET: MessageEvent = { type: 'reset', data: {} };

/**
 * Changes of cases as they are committed, whichever instance committed them: one change stream per process, open while somebody looks.
 * An event's id is `<case id>.<revision>`, the same in every instance, so that a reader may come back anywhere.
 */
@Injectable()
export class CaseChanges {
  private readonly logger = new Logger('CaseChanges');
  private readonly live = new Subject<MessageEvent>();
  private remembered: MessageEvent[] = [];
  private readers = 0;
  private stream: { close(): Promise<void> } | undefined;
  private watching = false;
  private stopped = false;

  constructor(private readonly cases: CaseStore) {}

  /**
   * Live changes; after a reconnection first those since `lastEventId`. Where that is no longer known a `reset` comes first: the
   * reader loads its lists again. `ready` comes when the stream is open.
   */
  follow(lastEventId: string | undefined): Observable<MessageEvent> {
    return new Observable((reader) => {
      this.readers += 1;
      this.open();
      let live: Subscription | undefined;
      // Not within subscribing: whoever shares this source subscribes more than once, and would miss what comes at once.
      const start = setImmediate(() => {
        const known = lastEventId === undefined ? -1 : this.remembered.findIndex(({ id }) => id === lastEventId);
        if (known >= 0) this.remembered.slice(known + 1).forEach((event) => reader.next(event));
        else if (lastEventId !== undefined) reader.next(RESET);
        live = this.live.subscribe(reader);
        if (this.watching) reader.next(READY);
      });
      return () => {
        clearImmediate(start);
        live?.unsubscribe();
        this.readers -= 1;
        if (this.readers === 0) void this.close();
      };
    });
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.live.complete();
    await this.close();
  }

  private open(): void {
    if (this.stream || this.stopped) return;
    const stream = this.cases.documents.collection.watch(
      [{ $match: { operationType: { $in: ['insert', 'update', 'replace'] } } }],
      { fullDocument: 'updateLookup' },
    );
    this.stream = stream;
    stream.once('resumeTokenChanged', () => {
      this.watching = true;
      this.live.next(READY);
    });
    stream.on('change', (change) => {
      if (change.operationType !== 'insert' && change.operationType !== 'update' && change.operationType !== 'replace')
        return;
      // The relay clears outboxes in the same documents; only a new revision is news.
      if (change.operationType === 'update' && !('revision' in (change.updateDescription.updatedFields ?? {}))) return;
      const state = change.fullDocument as unknown as CaseState | undefined;
      if (state?.request) this.tell(state);
    });
    stream.on('error', (error) => {
      this.logger.warn(`the change stream of cases broke (${error.name}); readers load anew`);
      void this.reopen();
    });
  }

  private tell(state: CaseState): void {
    const id = `${state._id}.${state.revision}`;
    if (this.remembered.some((event) => event.id === id)) return;
    const event: MessageEvent = { id, type: 'case', data: { ...caseLine(state), revision: state.revision } };
    this.remembered.push(event);
    if (this.remembered.length > REMEMBERED) this.remembered = this.remembered.slice(-REMEMBERED / 2);
    this.live.next(event);
  }

  private async reopen(): Promise<void> {
    await this.close();
    setTimeout(() => {
      if (this.readers === 0) return;
      this.open();
      this.live.next(RESET);
    }, REOPEN_MS).unref();
  }

  private async close(): Promise<void> {
    const { stream } = this;
    this.stream = undefined;
    this.watching = false;
    // Between streams changes go unseen: what is remembered would have holes.
    this.remembered = [];
    await stream?.close();
  }
}
