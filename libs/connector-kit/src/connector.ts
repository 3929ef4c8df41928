import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Unprocessable, type Clock, type DocumentStore } from '@kenri/messaging';
import { SealRefused, type Vault } from '@kenri/vault';
import type { Sealed } from '@kenri/contracts';
import type { Collection } from 'mongodb';
import type { DataMap } from './data-map.js';
import { inPieces } from './documents/text-pieces.js';
import { fromText, toText } from './dry-run/manifest.js';
import { heldLines, readHeldLines, type Held } from './dry-run/manifest-text.js';
import type { Journal } from './execute/journal.js';
import type { Indexer } from './index/indexer.js';
import type { SideIndex } from './index/side-index.js';
import type { LocateLimits } from './locate/locate-context.js';
import type { StoreAdapter } from './store/store-adapter.js';
import type { Unit } from './units/unit.js';

export interface ConnectorSettings {
  /** When to look again after an erasure, in milliseconds. */
  readonly verifyAfter: readonly number[];
  /** How long one execution may take before another instance takes it up, in milliseconds. */
  readonly executeWithin: number;
  /** How often a hold without a known end is looked at again, in milliseconds. */
  readonly reviewHoldsEvery: number;
  readonly limits: LocateLimits;
}

/** Everything that a connector's handlers work with. */
export interface Connector {
  readonly map: DataMap;
  readonly store: StoreAdapter;
  readonly index: SideIndex;
  readonly indexer: Indexer;
  readonly units: DocumentStore<Unit>;
  readonly journal: Journal;
  readonly vault: Vault;
  readonly clock: Clock;
  readonly settings: ConnectorSettings;
  /** Codes and counts only. */
  readonly log: { warn(code: string, details: Record<string, string | number>): void };
}

/** The connector as a unit uses it: under the blocking secret that the unit began with. */
export const under = (connector: Connector, { secretId }: Pick<Unit, 'secretId'>): Connector => ({
  ...connector,
  journal: connector.journal.under(secretId),
});

/** Above this, or above so many rows, the sealed manifest goes into the artifact store: a unit stays small. */
const INLINE_BYTES = 64 * 1024;
const INLINE_ROWS = 500;
const LINES = 'application/x-ndjson';
const rowsOf = ({ manifest }: Held): number => manifest.matches.reduce((sum, { rows }) => sum + rows.length, 0);

/** Seals manifests under their cases' keys, all with one key write; undefined where the case's key is destroyed already. */
export async function sealHeld(
  { vault, map }: Pick<Connector, 'vault' | 'map'>,
  held: readonly { caseId: string; held: Held }[],
): Promise<(Pick<Unit, 'manifest' | 'manifestArtifact'> | undefined)[]> {
  const texts = held.map((item) => (rowsOf(item.held) > INLINE_ROWS ? null : Buffer.from(toText(item.held), 'utf8')));
  const fits = (text: Buffer | null | undefined): text is Buffer => !!text && text.byteLength <= INLINE_BYTES;
  const small = held.flatMap(({ caseId }, index) => {
    const value = texts[index];
    return fits(value) ? [{ index, item: { owner: caseId, value } }] : [];
  });
  const sealed = await vault.stored.sealMany(
    'manifest',
    small.map(({ item }) => item),
  );
  const outcomes = new Array<Pick<Unit, 'manifest' | 'manifestArtifact'> | undefined>(held.length);
  small.forEach(({ index }, position) => {
    const bytes = sealed[position];
    outcomes[index] = bytes && { manifest: bytes };
  });
  for (const [index, { caseId, held: own }] of held.entries()) {
    if (fits(texts[index])) continue;
    const manifestArtifact = await vault.artifacts.put(Readable.from(inPieces(heldLines(own))), {
      recipients: [`connector-${map.system}`],
      contentType: LINES,
      caseId,
      purpose: 'manifest',
      sealedUnder: 'manifest',
    });
    outcomes[index] = { manifestArtifact };
  }
  return outcomes;
}

/** Opens a unit's sealed part. @throws KeyDestroyed after the case was disposed of */
export async function openHeld({ vault }: Pick<Connector, 'vault'>, unit: Unit): Promise<Held> {
  const { manifestArtifact: artifact } = unit;
  if (artifact?.contentType === LINES) {
    // What was read is acted on after the end only: a stream that was tampered with fails before it.
    return readHeldLines(createInterface({ input: await vault.artifacts.open(artifact), crlfDelay: Infinity }));
  }
  const bytes = artifact
    ? await vault.artifacts.read(artifact, { maxBytes: 512 * 1024 * 1024 })
    : await vault.stored.open<Buffer>('manifest', unit.caseId, unit.manifest!);
  return fromText<Held>(bytes.toString('utf8'));
}

/**
 * Opens what came sealed in a message. It is bound to the message's id and type, and to the system where the message is for one
 * system. What cannot be opened is parked: trying again does not help.
 */
export async function openSealed<T>(
  { vault, map }: Pick<Connector, 'vault' | 'map'>,
  sealed: Sealed,
  { id, type, bindSystem }: { id: string; type: string; bindSystem: boolean },
): Promise<T> {
  try {
    return await vault.open<T>(sealed, { id, type, ...(bindSystem && { system: map.system }) });
  } catch (error) {
    if (error instanceof SealRefused) throw new Unprocessable('sealed-part-refused', error.code);
    throw error;
  }
}

export type { Held } from './dry-run/manifest-text.js';
export type { Collection };
