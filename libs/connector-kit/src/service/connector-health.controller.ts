import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { CLOCK, Public, type Clock } from '@kenri/service';
import type { Connector } from '../connector.js';
import type { IndexProgress } from '../index/indexer.js';
import { CONNECTOR } from './connector-events.controller.js';

const instant = { type: 'string', format: 'date-time' } as const;
const instantOrNull = { type: ['string', 'null'], format: 'date-time' } as const;
const index = {
  type: 'object',
  required: [
    'asOf',
    'system',
    'state',
    'complete',
    'documentsSwept',
    'indexedUntil',
    'sweep',
    'swept',
    'sweepAskedAt',
  ] satisfies (keyof IndexShown)[],
  properties: {
    asOf: { ...instant, description: "the connector's clock when this was said" },
    system: { type: 'string' },
    state: { type: 'string', enum: ['starting', 'sweeping', 'following', 'sweeps-only', 'failing'] },
    complete: {
      type: 'boolean',
      description: 'false: somebody may be missed, so that every answer is marked as not fresh',
    },
    documentsSwept: { type: 'integer', description: 'by the sweep that runs, or by the last one' },
    indexedUntil: { ...instantOrNull, description: 'every change up to here is indexed' },
    sweep: {
      type: ['object', 'null'],
      description: 'the sweep that runs',
      required: ['collection', 'documents', 'startedAt'],
      properties: { collection: { type: 'string' }, documents: { type: 'integer' }, startedAt: instant },
    },
    swept: {
      type: ['object', 'null'],
      description: 'the last sweep that was completed',
      required: ['startedAt', 'endedAt', 'documents'],
      properties: { startedAt: instant, endedAt: instant, documents: { type: 'integer' } },
    },
    sweepAskedAt: { ...instantOrNull, description: 'when a sweep was asked for that has not been completed' },
  },
} as const;

type IndexShown = IndexProgress & { asOf: Date; system: string };

@ApiTags('health')
@Controller('health')
@Public()
export class ConnectorHealth {
  constructor(
    @Inject(CONNECTOR) private readonly connector: Connector,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('index')
  @ApiOperation({ summary: 'How far the side index is: an answer given on a stale index is marked as such' })
  @ApiOkResponse({ schema: index as never })
  show(): IndexShown {
    return { asOf: this.clock.now(), system: this.connector.map.system, ...this.connector.indexer.progress };
  }
}
