import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { ArtifactRef } from '@kenri/contracts';
import { databaseOf } from '@kenri/service';
import { Vault } from '@kenri/vault';
import type { Connection } from 'mongoose';

/** A long decision list of a plan, which stands in the artifact store (contracts.md, Topics). */
interface DecisionListRecord {
  /** `<case>:<system>:<plan>`: one list per frozen plan. */
  _id: string;
  caseId: string;
  artifact: ArtifactRef;
}

export interface DecisionList {
  caseId: string;
  system: string;
  planId: string;
  content: Uint8Array;
}

/**
 * Which artifact a plan's decisions stand in. A plan that is prepared again, after a lost race or to be sent once more, names the same
 * one; and while its case is kept, nobody collects it.
 */
@Injectable()
export class DecisionListStore {
  private readonly lists;
  private readonly cases;

  constructor(
    @InjectConnection() connection: Connection,
    private readonly vault: Vault,
  ) {
    const database = databaseOf(connection);
    this.lists = database.collection<DecisionListRecord>('decisionLists');
    this.cases = database.collection<{ _id: string; disposedAt: string | null }>('cases');
  }

  async onModuleInit(): Promise<void> {
    await this.lists.createIndex({ 'artifact.id': 1 }, { name: 'artifact' });
  }

  /** The artifact of a frozen plan's decisions, sealed for its system alone; put at the first call. */
  async put({ caseId, system, planId, content }: DecisionList): Promise<ArtifactRef> {
    const _id = `${caseId}:${system}:${planId}`;
    const known = await this.lists.findOne({ _id });
    if (known) return known.artifact;
    const artifact = await this.vault.artifacts.put(content, {
      recipients: [`connector-${system}`],
      contentType: 'application/json',
      caseId,
      purpose: 'decisions',
    });
    const kept = await this.lists.findOneAndUpdate(
      { _id },
      { $setOnInsert: { caseId, artifact } },
      { upsert: true, returnDocument: 'after' },
    );
    if (!kept || kept.artifact.id === artifact.id) return artifact;
    await this.vault.artifacts.delete(artifact.id);
    return kept.artifact;
  }

  /** Those of these artifacts that are a decision list of a case that is still kept: a deferred erasure reads it years later. */
  async referenced(artifactIds: readonly string[]): Promise<string[]> {
    const lists = await this.lists.find({ 'artifact.id': { $in: [...artifactIds] } }).toArray();
    if (lists.length === 0) return [];
    const disposed = await this.cases
      .find({ _id: { $in: lists.map(({ caseId }) => caseId) }, disposedAt: { $ne: null } }, { projection: { _id: 1 } })
      .map(({ _id }) => _id)
      .toArray();
    return lists.filter(({ caseId }) => !disposed.includes(caseId)).map(({ artifact }) => artifact.id);
  }

  /** Forgets the lists of disposed cases: their artifacts are collected. */
  async forget(artifactIds: readonly string[]): Promise<void> {
    await this.lists.deleteMany({ 'artifact.id': { $in: [...artifactIds] } });
  }
}
