import { Controller, Get, HttpCode, Inject, Injectable } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import { Public } from '../access/access.js';
import { CLOCK, type Clock } from '../clock.js';
import { Problem } from '../problems/problem.js';

/** What messaging tells about itself; registered by the service that consumes. */
export interface Consuming {
  /** When the last fetch from the broker came back, or undefined before the first. */
  lastFetchAt(): Date | undefined;
  /** Whether its consumer has joined its group, or there is nothing to consume. */
  joined(): boolean;
  /** False while it has no consumer: before the start, and in a service without message handlers. */
  active(): boolean;
}

/** A consumer that has not fetched for so long is stuck: a half-open socket heals within 20 s (architecture.md, Kafka client). */
export const STUCK_AFTER_MS = 60_000;
const PING_TIMEOUT_MS = 2000;

@Injectable()
export class Health {
  private consuming: Consuming | undefined;
  private readonly startedAt: Date;
  constructor(@Inject(CLOCK) private readonly clock: Clock) {
    this.startedAt = clock.now();
  }

  watch(consuming: Consuming): void {
    this.consuming = consuming;
  }

  /** Milliseconds since the last fetch (or since the start), or undefined for a service that consumes nothing. */
  fetchAge(): number | undefined {
    if (!this.consuming?.active()) return undefined;
    return this.clock.now().getTime() - (this.consuming.lastFetchAt() ?? this.startedAt).getTime();
  }

  joined(): boolean {
    return this.consuming?.joined() ?? true;
  }
}

const unhealthy = (reason: string) =>
  new Problem(
    'unavailable',
    { ja: `準備ができていません: ${reason}`, en: `Not ready: ${reason}` },
    { extensions: { reason } },
  );

@ApiTags('health')
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly health: Health,
    @InjectConnection() private readonly connection: Connection,
  ) {}

  @Get('live')
  @HttpCode(200)
  @ApiOperation({ summary: 'Whether the process ought to go on living; 503 when its consumer is stuck' })
  @ApiOkResponse({
    schema: { type: 'object', properties: { status: { type: 'string' }, lastFetchAgeMs: { type: 'integer' } } },
  })
  live(): { status: 'ok'; lastFetchAgeMs?: number } {
    const age = this.health.fetchAge();
    if (age !== undefined && age > STUCK_AFTER_MS) throw unhealthy('consumer-stuck');
    return { status: 'ok', ...(age !== undefined && { lastFetchAgeMs: age }) };
  }

  @Get('ready')
  @ApiOperation({ summary: 'Whether it can serve: database answering, consumer joined' })
  @ApiOkResponse({ schema: { type: 'object', properties: { status: { type: 'string' } } } })
  async ready(): Promise<{ status: 'ok' }> {
    await this.pingDatabase();
    if (!this.health.joined()) throw unhealthy('consumer-not-joined');
    return { status: 'ok' };
  }

  private async pingDatabase(): Promise<void> {
    try {
      await this.connection.db!.command({ ping: 1 }, { timeoutMS: PING_TIMEOUT_MS });
    } catch {
      throw unhealthy('database-unreachable');
    }
  }
}
