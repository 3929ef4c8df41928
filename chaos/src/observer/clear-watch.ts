import { bytesOf, canariesOf, CanarySearch, type RawRecord } from '@kenri/samples';
import type { PlannedCase } from '../load/applicants.js';
import { CHAOS_HEADER } from './topic-tap.js';

/** Shorter values turn up by chance in gigabytes of sealed data. */
const LEAST_BYTES = 10;
const WATCHED_PEOPLE = 40;
const KEPT_SIGHTINGS = 50;

/** Watches for what some of the applicants said of themselves, wherever it must not stand in clear. */
export class ClearWatch {
  readonly sightings: string[] = [];
  /** Bytes searched, by place. */
  readonly searched: Record<string, number> = { logs: 0, traces: 0, topics: 0, databases: 0 };
  private readonly search: CanarySearch;

  constructor(cases: readonly PlannedCase[]) {
    const every = Math.max(1, Math.floor(cases.length / WATCHED_PEOPLE));
    const watched = cases.filter((_, index) => index % every === 0).slice(0, WATCHED_PEOPLE);
    const canaries = watched.flatMap(({ number, person, claims }) => {
      const label = `applicant ${number}`;
      const claimed = claims.flatMap(({ claimed: value }) => (value ? [{ what: `claim of ${label}`, value }] : []));
      return [...canariesOf(label, person), ...claimed];
    });
    this.search = new CanarySearch(canaries.filter(({ value }) => Buffer.byteLength(value) >= LEAST_BYTES));
  }

  look(place: 'logs' | 'traces' | 'topics' | 'databases', where: string, bytes: Uint8Array | string): void {
    this.searched[place] = (this.searched[place] ?? 0) + bytes.length;
    for (const { what, form } of this.search.find(bytes)) {
      const sighting = `${place}, ${where}: ${what} ${form}`;
      if (this.sightings.length < KEPT_SIGHTINGS && !this.sightings.includes(sighting)) this.sightings.push(sighting);
    }
  }

  /** A message of Kenri's; what the chaos itself puts there is not Kenri's word. */
  lookAt(record: RawRecord): void {
    if (record.headers[CHAOS_HEADER] === undefined) this.look('topics', record.topic, bytesOf(record));
  }
}
