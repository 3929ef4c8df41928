import type { NamedApplication } from './application-file.js';
import { type ApplicationResult, differences } from './expectations.js';
import { play, type Played, type PlayOptions } from './player.js';

export interface Outcome {
  file: string;
  title: string;
  played?: Played;
  /** Null where the file expects nothing. */
  met: boolean | null;
  differences: string[];
}

const expectsSomething = ({ content }: NamedApplication): boolean => Object.keys(content.expected ?? {}).length > 0;

function judge(named: NamedApplication, result: ApplicationResult): Pick<Outcome, 'met' | 'differences'> {
  const found = differences(named.content.expected, result);
  return { met: expectsSomething(named) ? found.length === 0 : null, differences: found };
}

/**
 * Plays all applications, several at a time, each after the one it names. One that cannot be played to its end does not stop the
 * others: it is reported as not met, with the reason.
 */
export async function playAll(
  applications: readonly NamedApplication[],
  optionsFor: (named: NamedApplication) => PlayOptions,
  parallel: number,
  onEnd: (outcome: Outcome) => Promise<void>,
): Promise<Outcome[]> {
  const outcomes = new Map<string, Outcome>();
  const waiting = [...applications];
  const running = new Set<Promise<void>>();

  const begin = (named: NamedApplication) => {
    const one = (async () => {
      const { file, content } = named;
      const base = { file, title: content.title };
      let outcome: Outcome;
      try {
        const played = await play(named, optionsFor(named));
        outcome = { ...base, played, ...judge(named, played.result) };
      } catch (error) {
        outcome = { ...base, met: false, differences: [`not played to its end: ${(error as Error).message}`] };
      }
      outcomes.set(file, outcome);
      await onEnd(outcome);
    })().finally(() => running.delete(one));
    running.add(one);
  };

  while (waiting.length > 0 || running.size > 0) {
    const ready = waiting.findIndex(({ content }) => content.after === undefined || outcomes.has(content.after));
    if (ready >= 0 && running.size < parallel) {
      const [named] = waiting.splice(ready, 1);
      if (named) begin(named);
    } else {
      await Promise.race(running);
    }
  }
  return applications.flatMap(({ file }) => outcomes.get(file) ?? []);
}
