import { Controller, HttpCode, Inject, Logger, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Roles } from '@kenri/service';
import type { Connector } from '../connector.js';
import { CONNECTOR } from './connector-events.controller.js';

const asked = {
  type: 'object',
  required: ['system', 'askedAt'],
  properties: {
    system: { type: 'string' },
    askedAt: {
      type: 'string',
      format: 'date-time',
      description: 'done when `swept.startedAt` of GET /health/index is not before this',
    },
  },
} as const;

@ApiTags('side index')
@Controller('index')
@Roles('sre')
export class ConnectorIndex {
  private readonly logger = new Logger('SideIndex');
  constructor(@Inject(CONNECTOR) private readonly connector: Connector) {}

  @Post('sweep')
  @HttpCode(202)
  @ApiOperation({
    summary: 'Sweeps the whole store again, in the background; the index serves meanwhile as it is',
    description:
      'Whichever instance leads the index begins within seconds. Asking again while it is awaited changes nothing but the time.',
  })
  @ApiAcceptedResponse({ schema: asked as never })
  async sweep(): Promise<{ system: string; askedAt: Date }> {
    const askedAt = await this.connector.indexer.askForSweep();
    this.logger.log('a sweep of the whole store was asked for');
    return { system: this.connector.map.system, askedAt };
  }
}
