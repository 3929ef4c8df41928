import { Controller } from '@nestjs/common';
import { HandlerHung } from './errors.js';
import { OnEvent } from './on-event.js';
import { publish } from './publish.js';
import { caseId, eventually, Fixture, withdrawn } from './testing/fixture.js';

it('a handler that does not end is a crash, so that the process is started anew instead of consuming nothing for ever', async () => {
  const fixture = await Fixture.open();
  const gate = Promise.withResolvers<void>();
  @Controller()
  class Hanging {
    @OnEvent('dsr.request.withdrawn.v1')
    hang(): Promise<void> {
      return gate.promise;
    }
  }
  try {
    const crashes: Error[] = [];
    await fixture.service(Hanging, { strategy: { hungAfterMs: 1500, onCrash: (error) => crashes.push(error) } });
    await publish(fixture.kafka, '/kenri/intake', [withdrawn(caseId())]);
    const crash = await eventually('the crash', () => crashes[0]);
    expect(crash).toBeInstanceOf(HandlerHung);
    expect(crash).toMatchObject({ code: expect.stringMatching(/^dsr\.requests\.v1\/\d+$/) as string });
  } finally {
    gate.resolve();
    await fixture.close();
  }
});
