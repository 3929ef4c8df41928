import type { EventType } from '@kenri/contracts';

// Pure: in which order the messages of a chunk reach their handlers.

export interface Group<M> {
  type: EventType;
  messages: M[];
}

/**
 * Splits a chunk into waves: one wave is handled after the other, the groups within a wave side by side. Messages of one key
 * never overtake each other: they share a wave only inside one batch group, where they stand in order.
 */
export function toWaves<M extends { key: string; type: EventType }>(
  messages: readonly M[],
  isBatched: (type: EventType) => boolean,
): Group<M>[][] {
  const waves: Map<EventType, Group<M>>[] = [];
  const last = new Map<string, { wave: number; type: EventType }>();
  for (const message of messages) {
    const before = last.get(message.key);
    let wave = 0;
    if (before) wave = before.type === message.type && isBatched(message.type) ? before.wave : before.wave + 1;
    last.set(message.key, { wave, type: message.type });
    const groups = (waves[wave] ??= new Map<EventType, Group<M>>());
    const group = groups.get(message.type);
    if (group) group.messages.push(message);
    else groups.set(message.type, { type: message.type, messages: [message] });
  }
  return waves.map((groups) => [...groups.values()]);
}
