import { createHash, randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { ArtifactRef } from '@kenri/contracts';
import { CLOCK, databaseOf, type Clock } from '@kenri/service';
import type { Connection } from 'mongoose';

/** A way for the applicant to fetch the package; only the digest of its token is kept. */
interface Link {
  digest: string;
  expiresAt: Date;
  createdBy: string;
  downloads: Date[];
}

/** What belongs to a package beside the case document: how it opens, and by which links it was fetched. */
export interface PackageRecord {
  /** Case id. */
  _id: string;
  artifact: ArtifactRef;
  fileName: string;
  /** Sealed under purpose `package`. */
  password: Uint8Array;
  builtAt: Date;
  links: Link[];
}

const MOST_LINKS = 20;
const MOST_DOWNLOADS = 100;
const digestOf = (token: string): string => createHash('sha256').update(token).digest('hex');

@Injectable()
export class PackageStore {
  private readonly packages;

  constructor(
    @InjectConnection() connection: Connection,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {
    this.packages = databaseOf(connection).collection<PackageRecord>('packages');
  }

  async onModuleInit(): Promise<void> {
    await this.packages.createIndexes([
      { key: { 'links.digest': 1 }, name: 'link' },
      { key: { 'artifact.id': 1 }, name: 'artifact' },
    ]);
  }

  get(caseId: string): Promise<PackageRecord | null> {
    return this.packages.findOne({ _id: caseId });
  }

  /** Puts a newly built package in the place of an earlier one, whose links end with it. @returns the earlier artifact */
  async replace(record: Omit<PackageRecord, 'links'>): Promise<ArtifactRef | undefined> {
    const earlier = await this.packages.findOneAndReplace(
      { _id: record._id },
      { ...record, links: [] },
      { upsert: true, returnDocument: 'before' },
    );
    return earlier?.artifact;
  }

  /** A new link. @returns its token, 256 random bits, which is told once and kept nowhere */
  async addLink(caseId: string, createdBy: string, expiresAt: Date): Promise<string | undefined> {
    const token = randomBytes(32).toString('base64url');
    const link: Link = { digest: digestOf(token), expiresAt, createdBy, downloads: [] };
    const { matchedCount } = await this.packages.updateOne(
      { _id: caseId },
      { $push: { links: { $each: [link], $slice: -MOST_LINKS } } },
    );
    return matchedCount === 1 ? token : undefined;
  }

  /** The package a link leads to, with the download recorded; undefined for a link unknown or expired: which of the two is not told. */
  async openLink(token: string): Promise<PackageRecord | undefined> {
    const now = this.clock.now();
    const found = await this.packages.findOneAndUpdate(
      { links: { $elemMatch: { digest: digestOf(token), expiresAt: { $gt: now } } } },
      { $push: { 'links.$.downloads': { $each: [now], $slice: -MOST_DOWNLOADS } } },
    );
    return found ?? undefined;
  }

  /** Those of these artifacts that are a package. */
  async referenced(artifactIds: readonly string[]): Promise<string[]> {
    return this.packages
      .find({ 'artifact.id': { $in: [...artifactIds] } }, { projection: { 'artifact.id': 1 } })
      .map(({ artifact }) => artifact.id)
      .toArray();
  }
}
