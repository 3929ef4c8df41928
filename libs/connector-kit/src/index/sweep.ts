import type { Clock } from '@kenri/messaging';
import { generationName, type Generation } from './generation.js';
import type { IndexStates, SweepState } from './index-state.js';
import type { SideIndex } from './side-index.js';

/** What a sweep tells while it runs, and once more when it is done. */
export interface SweepProgress {
  readonly collection: string;
  /** Read since the sweep began, before a restart too. */
  readonly documents: number;
  /** Read per second by this process. */
  readonly documentsPerSecond: number;
  /** An index of another generation or layout serves until this sweep is done. */
  readonly reindexing: boolean;
  /** Goes on from where a former process stopped. */
  readonly resumed: boolean;
  readonly done: boolean;
}

export interface SweepOptions {
  readonly sweepRate: number;
  readonly pageSize: number;
  /** How often a running sweep tells how far it is, in milliseconds. */
  readonly tellEvery: number;
  readonly onProgress?: ((progress: SweepProgress) => void) | undefined;
}

/** How a sweep waits, and whether it must stop. */
export interface Term {
  readonly over: boolean;
  pause(milliseconds: number): Promise<void>;
}

/**
 * Reads every document of the mapped collections once, page by page in order of `_id`, and brings its entry up to date under one
 * generation. Where it is, is durable after each page: a later process goes on from there.
 */
export class Sweep {
  private toldAt = Date.now();

  constructor(
    private readonly states: IndexStates,
    private readonly index: SideIndex,
    private readonly clock: Clock,
    private readonly options: SweepOptions,
  ) {}

  /** True when complete; false where the term ended first. @throws LeaseLost */
  async run(generation: Generation, term: Term): Promise<boolean> {
    const { states, index } = this;
    const name = generationName(generation);
    const { layout, collections } = index;
    const stopped = states.known.sweep;
    const resumed = stopped?.generation === name && stopped.layout === layout ? stopped : undefined;
    const reindexing = states.known.serving !== undefined && states.needsSweep(index);
    const startedAt = resumed?.startedAt ?? this.clock.now();
    const began = { at: Date.now(), documents: resumed?.documents ?? 0 };
    const tell = ({ collection, documents }: Pick<SweepState, 'collection' | 'documents'>, done: boolean) => {
      this.toldAt = Date.now();
      const seconds = Math.max(0.001, (this.toldAt - began.at) / 1000);
      const documentsPerSecond = Math.round((documents - began.documents) / seconds);
      this.options.onProgress?.({
        ...{ collection, documents, documentsPerSecond },
        ...{ reindexing, resumed: resumed !== undefined, done },
      });
    };
    let at: SweepState = resumed ?? { generation: name, layout, collection: '', documents: 0, startedAt };
    if (!resumed) await states.save({ sweep: at });
    for (const collection of collections.slice(resumed ? Math.max(0, collections.indexOf(resumed.collection)) : 0)) {
      if (at.collection !== collection) at = { ...omitAfter(at), collection };
      for await (const ids of index.idsOf(collection, at.after, this.options.pageSize)) {
        if (term.over) return false;
        const pageAt = Date.now();
        await index.sweepPage(collection, at.after, ids, generation, states.requireLease);
        at = { ...at, documents: at.documents + ids.length, after: ids.at(-1) };
        await states.save({ sweep: at });
        if (Date.now() - this.toldAt >= this.options.tellEvery) tell(at, false);
        await term.pause((ids.length / this.options.sweepRate) * 1000 - (Date.now() - pageAt));
      }
      if (term.over) return false;
      await index.sweepPage(collection, at.after, [], generation, states.requireLease);
    }
    if (term.over) return false;
    await index.removeOthers(generation, states.requireLease);
    // With a feed the index was followed meanwhile and may hold later changes already.
    const until = states.known.indexedUntil;
    const indexedUntil = until && until > startedAt ? until : startedAt;
    const swept = { startedAt, endedAt: this.clock.now(), documents: at.documents };
    await states.save({ serving: name, layout, generations: [name], indexedUntil, swept }, ['sweep']);
    tell(at, true);
    return true;
  }
}

const omitAfter = ({ after: _after, ...rest }: SweepState): Omit<SweepState, 'after'> => rest;
