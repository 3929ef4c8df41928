import { NotAnswered, type Operator } from './operator.js';

/** What one service answered, or why it did not. */
export type Asked<T> =
  { service: string; ok: true; answer: T } | { service: string; ok: false; kind: NotAnswered['kind']; error: string };

/** Asks services at the same time: one that is down holds up no other. */
export function askEach<T>(services: readonly string[], ask: (service: string) => Promise<T>): Promise<Asked<T>[]> {
  return Promise.all(
    services.map(async (service): Promise<Asked<T>> => {
      try {
        return { service, ok: true, answer: await ask(service) };
      } catch (error) {
        if (!(error instanceof NotAnswered)) throw error;
        return { service, ok: false, kind: error.kind, error: error.message };
      }
    }),
  );
}

export const failuresOf = <T>(asked: readonly Asked<T>[]): string[] =>
  asked.flatMap((one) => (one.ok ? [] : [`${one.service}: ${one.error}`]));

/** The same for machines: each service with its address and what it answered. */
export const asJson = <T extends object>(operator: Operator, asked: readonly Asked<T>[]): object[] =>
  asked.map((one) => ({
    service: one.service,
    url: operator.installation.services.get(one.service),
    ...(one.ok ? { answered: true, ...one.answer } : { answered: false, error: one.error }),
  }));
