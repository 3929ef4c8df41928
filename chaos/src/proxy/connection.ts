import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { held, type BreakPoints, type Waiting } from './break-points.js';
import { Frames } from './frames.js';
import type { Protocol } from './protocol.js';

/** What a proxy does with what passes. */
export type ProxyMode =
  | 'forward'
  /** Keeps connections and takes new ones, and swallows every byte both ways, ends included. */
  | 'half-open'
  /** Resets every connection, and every new one. */
  | 'reset'
  /** Every byte so much later, in order. */
  | { slowMs: number };

const MOST_QUEUED = 1_000_000;

/** One client's connection through the proxy, and the proxy's own to the server. */
export class Connection {
  private readonly server: Socket;
  /** Break points that wait for a reply, by the number of the request. */
  private readonly replies = new Map<number, Waiting>();

  constructor(
    private readonly client: Socket,
    port: number,
    private readonly protocol: Protocol,
    private readonly points: BreakPoints,
    private readonly mode: () => ProxyMode,
    onClosed: () => void,
  ) {
    this.server = connect({ port, host: '127.0.0.1', noDelay: true });
    client.setNoDelay(true);
    const lanes = [
      this.lane(client, this.server, (message) => this.passRequest(message)),
      this.lane(this.server, client, (message) => this.passReply(message)),
    ];
    void Promise.all(lanes).then(onClosed);
  }

  /** Ends both sides, with a RST where that side has not begun to end. */
  reset(): void {
    for (const side of [this.client, this.server]) {
      // In the middle of a shutdown libuv refuses to reset (EINVAL), and the socket would never tell that it is closed.
      if (side.writableEnded) side.destroy();
      else side.resetAndDestroy();
    }
  }

  private async passRequest(request: Buffer): Promise<boolean> {
    const forReply = this.points.forReplyTo(request);
    if (forReply) this.replies.set(this.protocol.requestId(request), forReply);
    const here = this.points.atRequest(request);
    return here ? held(here) : true;
  }

  private async passReply(reply: Buffer): Promise<boolean> {
    if (this.replies.size === 0) return true;
    const id = this.protocol.repliesTo(reply);
    const here = this.replies.get(id);
    if (!here) return true;
    this.replies.delete(id);
    return held(here);
  }

  /**
   * One direction, until its source has ended and what came before is dealt with. A source that is gone does not take back
   * what it sent: a held request can still be let through after its sender was killed.
   */
  private async lane(source: Socket, sink: Socket, pass: (message: Buffer) => Promise<boolean>): Promise<void> {
    const frames = new Frames(this.protocol.lengthOf);
    const queue: { bytes: Buffer; due: number }[] = [];
    let queued = 0;
    let ended = false;
    let wake: () => void = () => undefined;
    source
      .on('data', (bytes: Buffer) => {
        const mode = this.mode();
        if (mode === 'half-open') return;
        queue.push({ bytes, due: typeof mode === 'object' ? Date.now() + mode.slowMs : 0 });
        queued += bytes.length;
        if (queued > MOST_QUEUED) source.pause();
        wake();
      })
      // How a connection ended is told by its end; a peer that was killed is nothing unusual here.
      .on('error', () => undefined)
      .once('close', () => {
        ended = true;
        wake();
      });
    for (;;) {
      const next = queue.shift();
      if (!next) {
        if (ended) break;
        await new Promise<void>((resolve) => (wake = resolve));
        continue;
      }
      queued -= next.bytes.length;
      if (queued <= MOST_QUEUED && source.isPaused()) source.resume();
      if (next.due > Date.now()) await delay(next.due - Date.now());
      for (const message of frames.push(next.bytes)) {
        const passes = await pass(message);
        if (!passes || this.mode() === 'half-open' || sink.destroyed) continue;
        if (!sink.write(message)) await Promise.race([once(sink, 'drain'), once(sink, 'close')]).catch(() => undefined);
      }
    }
    // In half-open the other side hears nothing of an end either; it is reset when the mode changes.
    if (this.mode() !== 'half-open') sink.end();
    if (!sink.destroyed) await once(sink, 'close').catch(() => undefined);
  }
}
