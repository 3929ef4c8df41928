import { Body, Controller, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import { ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Parking, type ParkedMessage, type ParkedSummary, type Replayed } from '@kenri/messaging';
import { CurrentStaff, Roles, type Staff } from '../access/access.js';
import { ApiPage, decodeCursor, encodeCursor, type Page } from '../input/paging.js';
import { Problem } from '../problems/problem.js';
import {
  DiscardParked,
  ParkedCount,
  ParkedPath,
  ParkedQuery,
  ParkedShown,
  ReplayedShown,
  ReplayParked,
} from './parked.dto.js';

/** Messages that this service could not handle, for the operator: without their content (architecture.md, 7). */
@ApiTags('parked messages')
@Controller('parked')
@Roles('sre')
export class ParkedController {
  private readonly logger = new Logger('Parked');
  constructor(private readonly parking: Parking) {}

  @Get()
  @ApiOperation({ summary: 'Parked messages, without their content' })
  @ApiPage(ParkedShown)
  async list(@Query() { limit, cursor, state, reason, type }: ParkedQuery): Promise<Page<ParkedMessage>> {
    const [after] = decodeCursor(cursor, 1) ?? [];
    const { messages, next } = await this.parking.list({
      limit,
      ...(after !== undefined && { after }),
      ...(state && { state }),
      ...(reason !== undefined && { reason }),
      ...(type !== undefined && { type }),
    });
    return { items: messages, ...(next !== null && { nextCursor: encodeCursor([next]) }) };
  }

  @Get('summary')
  @ApiOperation({ summary: 'How many messages are parked, by reason, topic and type' })
  @ApiOkResponse({ type: [ParkedCount] })
  summary(): Promise<ParkedSummary[]> {
    return this.parking.summary();
  }

  @Get(':group/:topic/:partition/:record')
  @ApiOperation({ summary: 'One parked or discarded message, without its content' })
  @ApiOkResponse({ type: ParkedShown })
  async show(@Param() { group, topic, partition, record }: ParkedPath): Promise<ParkedMessage> {
    const found = await this.parking.show(`${group}/${topic}/${partition}/${record}`);
    if (!found) throw Problem.notFound();
    return found;
  }

  @Post('replay')
  @HttpCode(200)
  @ApiOperation({ summary: 'Handles a parked message once more, under the same id' })
  @ApiOkResponse({ type: ReplayedShown })
  async replay(@Body() { id }: ReplayParked): Promise<Replayed> {
    const replayed = await this.parking.replay(id);
    if (replayed.outcome === 'not-found') throw Problem.notFound();
    this.logger.log(`replayed ${id}: ${replayed.outcome}${replayed.reason ? ` (${replayed.reason.code})` : ''}`);
    return replayed;
  }

  @Post('discard')
  @HttpCode(204)
  @ApiOperation({ summary: 'Gives a parked message up: its content is destroyed, that it was there stays' })
  @ApiNoContentResponse({ description: 'discarded' })
  async discard(@Body() { id, reason }: DiscardParked, @CurrentStaff() staff: Staff): Promise<void> {
    if (!(await this.parking.discard(id, { staff: staff.id, reason }))) throw Problem.notFound();
    this.logger.log(`discarded ${id}`);
  }
}
