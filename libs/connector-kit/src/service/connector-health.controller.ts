import { Controller, Get, Inject } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '@kenri/service';
import type { Connector } from '../connector.js';
import { CONNECTOR } from './connector-events.controller.js';

const index = {
  type: 'object',
  required: ['system', 'state', 'documentsSwept', 'indexedUntil'],
  properties: {
    system: { type: 'string' },
    state: { type: 'string', enum: ['starting', 'sweeping', 'following', 'sweeps-only', 'failing'] },
    documentsSwept: { type: 'integer' },
    indexedUntil: { type: ['string', 'null'], format: 'date-time' },
  },
} as const;

@ApiTags('health')
@Controller('health')
@Public()
export class ConnectorHealth {
  constructor(@Inject(CONNECTOR) private readonly connector: Connector) {}

  @Get('index')
  @ApiOperation({ summary: 'How far the side index is: an answer given on a stale index is marked as such' })
  @ApiOkResponse({ schema: index as never })
  show(): { system: string; state: string; documentsSwept: number; indexedUntil: string | null } {
    const { state, documentsSwept, indexedUntil } = this.connector.indexer.progress;
    return {
      system: this.connector.map.system,
      state,
      documentsSwept,
      indexedUntil: indexedUntil?.toISOString() ?? null,
    };
  }
}
