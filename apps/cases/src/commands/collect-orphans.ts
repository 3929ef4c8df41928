import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { CLOCK, type Clock } from '@kenri/service';
import { Vault } from '@kenri/vault';
import { DecisionListStore } from '../effects/decision-lists.store.js';
import { PackageStore } from '../package/package.store.js';

/**
 * Deletes what this service put into the artifact store and nothing refers to (contracts.md, Artifacts): packages that were replaced or
 * never finished, decision lists of plans that were never recorded or of disposed cases. What systems found and exported is put by
 * their connectors, and collected by them.
 */
export class CollectOrphans {}

/** Longer than any building of a package takes, and than an outage between putting something and recording it. */
const OLDER_THAN_MS = 2 * 24 * 3600_000;

@CommandHandler(CollectOrphans)
export class CollectOrphansHandler implements ICommandHandler<CollectOrphans, number> {
  constructor(
    private readonly vault: Vault,
    private readonly packages: PackageStore,
    private readonly decisionLists: DecisionListStore,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** @returns how many were deleted */
  execute(): Promise<number> {
    const olderThan = new Date(this.clock.now().getTime() - OLDER_THAN_MS);
    return this.vault.artifacts.collectOrphans(async (ids) => {
      const [packages, lists] = await Promise.all([this.packages.referenced(ids), this.decisionLists.referenced(ids)]);
      const referenced = new Set([...packages, ...lists]);
      await this.decisionLists.forget(ids.filter((id) => !referenced.has(id)));
      return referenced;
    }, olderThan);
  }
}
