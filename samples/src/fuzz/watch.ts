import type { ServiceName } from '@kenri/local';
import { CanarySearch } from '../canary-search.js';
import { readDatabases } from '../raw-data.js';
import { eventually, type TrialPlatform } from '../trial-platform.js';
import { groupOf } from './consumers.js';
import type { Findings } from './findings.js';
import { MARKS } from './schema-values.js';

const ERROR = 50;
const marks = new CanarySearch(MARKS.map((value) => ({ what: 'a text of the fuzz', value })));

/** What must hold of the platform as a whole, whatever is sent to it. */
export class Watch {
  private saidBefore: number;
  readonly counts = { lines: 0, spans: 0, documents: 0, parkedShown: 0 };

  constructor(
    private readonly platform: TrialPlatform,
    private readonly findings: Findings,
  ) {
    this.saidBefore = platform.said.length;
    // What was said before is not of the fuzz.
    platform.lines.length = 0;
    platform.traces.take();
  }

  /** Looks at what was said since the last look, and forgets it: a long run would otherwise fill the memory. */
  look(seed: number): void {
    const report = (where: string, rule: string, detail: string) =>
      this.findings.add({
        area: 'platform',
        where,
        rule,
        detail,
        counterexample: 'the requests and messages of this round',
        seed,
      });
    const ended = this.platform.said
      .slice(this.saidBefore)
      .filter((line) => / starting it again | is not restarted/.test(line));
    this.saidBefore = this.platform.said.length;
    for (const line of ended) report(line.split(' ')[0] ?? '', 'a process ended', line);
    for (const { service, line } of this.platform.lines.splice(0)) {
      this.counts.lines += 1;
      const [sighting] = marks.find(line);
      if (sighting) report(service, 'a log line holds what was sent', withoutMarks(line).slice(0, 300));
      const { level, msg, context, err } = entryOf(line);
      if (level >= ERROR)
        report(
          service,
          `an error in the log: ${context ?? ''} ${msg ?? ''}`,
          JSON.stringify(err ?? null).slice(0, 1500),
        );
    }
    const { bodies, spans } = this.platform.traces.take();
    this.counts.spans += spans.length;
    for (const body of bodies)
      if (marks.find(body).length > 0) report('traces', 'a span holds what was sent', `${body.length} bytes`);
  }

  /** At the end: parked messages are shown without what is in them, and come to the same end again; the suppression topic can be read. */
  async end(seed: number, judged: readonly ServiceName[]): Promise<void> {
    const report = (where: string, rule: string, detail: string) =>
      this.findings.add({ area: 'platform', where, rule, detail, counterexample: 'any', seed });
    for (const service of judged) {
      const shown = await this.listed(service);
      this.counts.parkedShown += shown.length;
      const held = await this.platform.mongo
        .db(`kenri_${service.replaceAll('-', '_')}`)
        .collection('parked')
        .countDocuments({ state: 'parked' });
      if (shown.length !== held)
        report(`${service} GET /parked`, 'not every parked message is shown', `${shown.length} of ${held}`);
      const telling = shown.find((message) => marks.find(JSON.stringify(message)).length > 0);
      if (telling) report(`${service} GET /parked`, 'a parked message is shown with what is in it', telling.id);
      for (const { id, reason } of someOfEachReason(shown)) {
        const { status, body } = await this.platform.ask<{ outcome?: string; reason?: { code: string } }>(
          'sre',
          'POST',
          `${service}/parked/replay`,
          { body: { id } },
        );
        if (status !== 200 || body.outcome !== 'parked-again' || body.reason?.code !== reason.code)
          report(
            `${service} POST /parked/replay`,
            `a message parked for ${reason.code} comes to another end`,
            `${id}: ${status} ${JSON.stringify(body)}`,
          );
        const given = await this.platform.ask('sre', 'POST', `${service}/parked/discard`, {
          body: { id, reason: 'fuzz' },
        });
        if (given.status !== 204)
          report(`${service} POST /parked/discard`, 'a parked message cannot be given up', `${id}: ${given.status}`);
      }
    }
    const reconciled = await this.platform.ask('sre', 'POST', 'cases/suppressions/reconcile');
    if (reconciled.status !== 200)
      report(
        'cases POST /suppressions/reconcile',
        'the suppression topic cannot be compared',
        String(reconciled.status),
      );
    await this.inClear(report);
    this.look(seed);
  }

  private async inClear(report: (where: string, rule: string, detail: string) => void): Promise<void> {
    const own = await readDatabases(this.platform.mongo, (name) => name.startsWith('kenri_'));
    this.counts.documents = own.length;
    for (const { where, id, bytes } of own)
      if (marks.find(bytes).length > 0) report(where, 'a text of an application stands in the clear', id);
  }

  private async listed(service: ServiceName): Promise<{ id: string; reason: { code: string } }[]> {
    const all: { id: string; reason: { code: string } }[] = [];
    for (let cursor: string | undefined; ;) {
      const page = await eventually(`${service} shows what is parked`, async () => {
        const { status, body } = await this.platform.ask<{ items: typeof all; nextCursor?: string }>(
          'sre',
          'GET',
          `${service}/parked?limit=200${cursor === undefined ? '' : `&cursor=${cursor}`}`,
        );
        return status === 200 ? body : undefined;
      });
      all.push(...page.items);
      if (page.nextCursor === undefined) return all.filter(({ id }) => id.startsWith(groupOf(service)));
      cursor = page.nextCursor;
    }
  }
}

const someOfEachReason = <T extends { reason: { code: string } }>(messages: readonly T[]): T[] =>
  [...Map.groupBy(messages, ({ reason }) => reason.code).values()].flatMap((all) => all.slice(0, 2));

const withoutMarks = (line: string) => MARKS.reduce((text, mark) => text.replaceAll(mark, '[what was sent]'), line);

function entryOf(line: string): { level: number; msg?: string; context?: string; err?: unknown } {
  if (!line.startsWith('{')) return { level: 0 };
  try {
    return JSON.parse(line) as { level: number };
  } catch {
    // No line of the logger: nothing to be told from its level.
    return { level: 0 };
  }
}
