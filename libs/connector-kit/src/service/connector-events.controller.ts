import { Controller, Inject } from '@nestjs/common';
import { OnEvent, type Received } from '@kenri/messaging';
import type { Connector } from '../connector.js';
import { approveRestorations } from '../execute/restore.js';
import { disposeCases } from '../units/dispose.js';
import type { Executions } from '../units/executions.js';
import { approvePlans, cancelPlans } from '../units/plan-messages.js';
import { locateRounds, roundOfLookup, roundOfRequest } from '../units/locate-units.js';

export const CONNECTOR = Symbol('kenri connector');
export const EXECUTIONS = Symbol('kenri executions');

/** Messages become work on units; each promise is the durable effect. */
@Controller()
export class ConnectorEvents {
  constructor(
    @Inject(CONNECTOR) private readonly connector: Connector,
    @Inject(EXECUTIONS) private readonly executions: Executions,
  ) {}

  @OnEvent('dsr.request.accepted.v1', { batch: true })
  async locateAccepted(messages: Received<'dsr.request.accepted.v1'>[]): Promise<unknown> {
    const { system } = this.connector.map;
    return locateRounds(
      this.connector,
      messages.filter(({ data }) => data.systems.includes(system)).map(roundOfRequest),
    );
  }

  @OnEvent('dsr.lookup.requested.v1', { batch: true })
  async locateAgain(messages: Received<'dsr.lookup.requested.v1'>[]): Promise<unknown> {
    const { system } = this.connector.map;
    return locateRounds(this.connector, messages.filter(({ data }) => data.system === system).map(roundOfLookup));
  }

  @OnEvent('dsr.plan.approved.v1', { batch: true })
  async executePlans(messages: Received<'dsr.plan.approved.v1'>[]): Promise<unknown> {
    this.executions.begin(await approvePlans(this.connector, this.own(messages)));
    return undefined;
  }

  @OnEvent('dsr.plan.cancelled.v1', { batch: true })
  async cancelPlans(messages: Received<'dsr.plan.cancelled.v1'>[]): Promise<unknown> {
    return cancelPlans(this.connector, this.own(messages));
  }

  @OnEvent('dsr.restoration.approved.v1', { batch: true })
  async restoreRecords(messages: Received<'dsr.restoration.approved.v1'>[]): Promise<unknown> {
    return approveRestorations(this.connector, this.own(messages));
  }

  @OnEvent('dsr.case.disposed.v1', { batch: true })
  async destroyKeys(messages: Received<'dsr.case.disposed.v1'>[]): Promise<unknown> {
    return disposeCases(this.connector, messages);
  }

  /** The header lets others' messages be skipped unread; where one comes all the same, it is not for us. */
  private own<M extends { data: { system: string } }>(messages: readonly M[]): M[] {
    return messages.filter(({ data }) => data.system === this.connector.map.system);
  }
}
