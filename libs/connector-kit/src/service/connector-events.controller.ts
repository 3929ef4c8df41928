import { Controller, Inject } from '@nestjs/common';
import { OnEvent, type Received } from '@kenri/messaging';
import type { Connector } from '../connector.js';
import { locateRounds, roundOfLookup, roundOfRequest } from '../units/locate-units.js';

export const CONNECTOR = Symbol('kenri connector');

/** Messages become work on units; each promise is the durable effect. */
@Controller()
export class ConnectorEvents {
  constructor(@Inject(CONNECTOR) private readonly connector: Connector) {}

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
}
