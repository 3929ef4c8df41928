import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Parking, type ParkedMessage } from '@kenri/messaging';
import { CurrentStaff, Roles, type Staff } from '../access/access.js';
import { ChoiceField, TextField } from '../input/fields.js';
import { decodeCursor, encodeCursor, PageQuery, type Page } from '../input/paging.js';
import { Problem } from '../problems/problem.js';

class ParkedQuery extends PageQuery {
  @ChoiceField({ of: ['parked', 'discarded'], optional: true, description: 'parked by default' })
  state?: 'parked' | 'discarded';
}
class ReplayParked {
  @TextField({ max: 300, description: 'id of the parked message', example: 'kenri-cases/dsr.answers.v1/3/17' })
  id: string;
}
class DiscardParked extends ReplayParked {
  @TextField({ max: 200, description: 'why it is given up; a code or a ticket number, nothing personal' })
  reason: string;
}

/** Messages that this service could not handle, for the operator: without their content (architecture.md, 7). */
@ApiTags('parked messages')
@Controller('parked')
@Roles('sre')
export class ParkedController {
  constructor(private readonly parking: Parking) {}

  @Get()
  @ApiOperation({ summary: 'Parked messages, without their content' })
  @ApiOkResponse({ description: 'a page of parked messages' })
  async list(@Query() query: ParkedQuery): Promise<Page<ParkedMessage>> {
    const [after] = decodeCursor(query.cursor, 1) ?? [];
    const { messages, next } = await this.parking.list({
      limit: query.limit,
      ...(after !== undefined && { after }),
      ...(query.state && { state: query.state }),
    });
    return { items: messages, ...(next !== null && { nextCursor: encodeCursor([next]) }) };
  }

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Handles a parked message once more, under the same id' })
  async replay(@Body() { id }: ReplayParked): Promise<{ id: string; outcome: string; reason?: unknown }> {
    const replayed = await this.parking.replay(id);
    if (replayed.outcome === 'not-found') throw Problem.notFound();
    return replayed;
  }

  @Post('discard')
  @HttpCode(204)
  @ApiOperation({ summary: 'Gives a parked message up: its content is destroyed' })
  async discard(@Body() { id, reason }: DiscardParked, @CurrentStaff() staff: Staff): Promise<void> {
    if (!(await this.parking.discard(id, { staff: staff.id, reason }))) throw Problem.notFound();
  }
}
