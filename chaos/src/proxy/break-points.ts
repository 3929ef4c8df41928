import type { BreakPoint, Held, Side } from './break-point.js';
import type { Protocol } from './protocol.js';

type Fate = 'release' | 'drop';

interface Waiting {
  point: BreakPoint;
  left: number;
  reached: () => void;
  fate: Promise<Fate>;
}

/** The break points that wait in one proxy. */
export class BreakPoints {
  private waiting: Waiting[] = [];

  constructor(private readonly protocol: Protocol) {}

  /** Holds back the next message of that kind. */
  holdNext(point: BreakPoint): Held {
    const reached = Promise.withResolvers<void>();
    const fate = Promise.withResolvers<Fate>();
    const one: Waiting = { point, left: point.after ?? 0, reached: reached.resolve, fate: fate.promise };
    this.waiting.push(one);
    const decide = (decided: Fate) => {
      this.waiting = this.waiting.filter((other) => other !== one);
      fate.resolve(decided);
    };
    return { reached: reached.promise, release: () => decide('release'), drop: () => decide('drop') };
  }

  /** The break point that holds this request, if any; it is used up. */
  atRequest(request: Buffer): Waiting | undefined {
    return this.take(request, 'request');
  }

  /** The break point that is to hold the reply to this request, if any; it is used up. */
  forReplyTo(request: Buffer): Waiting | undefined {
    return this.take(request, 'reply');
  }

  private take(request: Buffer, side: Side): Waiting | undefined {
    for (const one of this.waiting) {
      if (one.point.side !== side || !this.protocol.matches(request, one.point)) continue;
      if (one.left > 0) {
        one.left -= 1;
        continue;
      }
      this.waiting = this.waiting.filter((other) => other !== one);
      return one;
    }
    return undefined;
  }
}

/** Holds the message at the break point. @returns whether it may pass */
export async function held({ reached, fate }: Waiting): Promise<boolean> {
  reached();
  return (await fate) === 'release';
}
export type { Waiting };
