import { systemClock } from '@kenri/messaging';
import { rotateKeys } from '@kenri/vault';
import { Controller, Module, Post } from '@nestjs/common';
import { Public } from '../access/access.js';
import type { Service } from '../start.js';
import { TrialSurroundings } from '../trial/environment.js';
import { Idempotent, ResourceId } from './idempotency.js';

const made: string[] = [];

@Controller('things')
class ThingsController {
  @Post()
  @Public()
  @Idempotent()
  make(@ResourceId() id: string): object {
    made.push(id);
    return { id };
  }
}
@Module({ controllers: [ThingsController] })
class ThingsModule {}

let surroundings: TrialSurroundings;
let service: Service<Record<never, never>>;
beforeAll(async () => {
  surroundings = await TrialSurroundings.start();
  service = await surroundings.service(ThingsModule);
});
afterAll(() => surroundings.stop(service));

async function make(key: string, body: object = {}): Promise<{ status: number; body: { id?: string } }> {
  const response = await fetch(`${service.url}/things`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as { id?: string } };
}

it('a key used before the secret was rotated is known afterwards: same answer, nothing made twice, another body refused', async () => {
  const first = await make('before-the-rotation');
  await rotateKeys({ service: 'trial', ...surroundings.keyFolders, clock: systemClock }, 'blocking');
  await service.close();
  service = await surroundings.service(ThingsModule);

  expect(await make('before-the-rotation')).toEqual(first);
  expect((await make('before-the-rotation', { other: 1 })).status).toBe(422);
  const second = await make('after-the-rotation');
  expect(await make('after-the-rotation')).toEqual(second);
  expect(made).toEqual([first.body.id, second.body.id]);
});
