import type { Connector } from '../connector.js';
import type { Unit } from './unit.js';

/** Longer than any export takes, and than an outage between putting something and recording it. */
const OLDER_THAN_MS = 2 * 86_400_000;

/** What a unit refers to in the artifact store: its manifest, and what `cases` reads by its answers. Nothing once it is disposed of. */
export function artifactsOf({ located, manifestArtifact, plans, disposedAt }: Unit): string[] {
  if (disposedAt) return [];
  const exports = Object.values(plans).flatMap(({ exported, executed }) => [
    exported?.artifact?.id,
    executed?.done.export?.artifact?.id,
  ]);
  const ids = [manifestArtifact?.id, located?.review?.id, ...exports];
  return [...new Set(ids.filter((id) => id !== undefined))];
}

/** The unit with its references where a collection looks for them; everything that changes them goes through here. */
export function withArtifacts(unit: Unit): Unit {
  const { artifacts: _artifacts, ...rest } = unit;
  const artifacts = artifactsOf(rest);
  return artifacts.length > 0 ? { ...rest, artifacts } : rest;
}

/**
 * Deletes what this connector put into the artifact store and none of its units refers to: of attempts that died before their answer was
 * durable, and of disposed cases. Several instances may do it at once.
 * @returns how many were deleted
 */
export function collectOrphans({ vault, units, clock }: Connector): Promise<number> {
  const olderThan = new Date(clock.now().getTime() - OLDER_THAN_MS);
  return vault.artifacts.collectOrphans(async (ids) => {
    const referring = units.collection.find({ artifacts: { $in: [...ids] } } as never, {
      projection: { artifacts: 1 },
    });
    const found: string[] = [];
    for await (const { artifacts } of referring as AsyncIterable<Pick<Unit, 'artifacts'>>)
      found.push(...(artifacts ?? []));
    return found;
  }, olderThan);
}
