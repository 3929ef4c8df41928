import type { Evidence, Verdict } from './evidence.js';

export function nothingWaits({ outboxes, overdueTimers, documentsLookedAt, lag, messages }: Evidence): Verdict[] {
  return [
    { invariant: 'outboxes are empty', checked: documentsLookedAt, broken: outboxes },
    { invariant: 'no timer is overdue', checked: documentsLookedAt, broken: overdueTimers },
    { invariant: 'every message was handled', checked: Number(messages), broken: lag === 0n ? [] : [`${lag} behind`] },
  ];
}

export function poisonIsParked({ poison, parked }: Evidence): Verdict[] {
  const sent = new Set(poison.map(({ id }) => id));
  const found = new Set(parked.map(({ ceId }) => ceId));
  return [
    {
      invariant: 'every poison is parked',
      checked: poison.length,
      broken: poison
        .filter(({ id, wiped }) => !wiped && !found.has(id))
        .map(({ id, poison: what, topic }) => `${id} (${what} on ${topic})`),
    },
    {
      invariant: 'nothing else is parked',
      checked: parked.length,
      broken: parked
        .filter(({ ceId }) => ceId === undefined || !sent.has(ceId))
        .map(({ service, id, reason }) => `${service}: ${id} (${reason})`),
    },
  ];
}

export function nothingPersonalInClear({ sightings, searched }: Evidence): Verdict {
  return {
    invariant: `no personal data in clear (${Object.entries(searched)
      .map(([where, bytes]) => `${where} ${(bytes / 1e6).toFixed(1)} MB`)
      .join(', ')})`,
    checked: Object.values(searched).filter((bytes) => bytes > 0).length,
    broken: [
      ...sightings,
      ...Object.entries(searched)
        .filter(([, bytes]) => bytes === 0)
        .map(([where]) => `${where}: there was nothing to search`),
    ],
  };
}
