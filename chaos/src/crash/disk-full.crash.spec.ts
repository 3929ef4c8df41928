import { eventually } from '@kenri/samples';
import path from 'node:path';
import { CrashTrial, type CaseInHand } from './crash-trial.js';
import { canMount, mountSmallDisk, type SmallDisk } from './small-disk.js';

const permitted = canMount();
if (!permitted) process.stderr.write('skipped: a full disk (mounting one needs root on Linux)\n');
const where = permitted ? describe : describe.skip;

where('the disk of the database is full', () => {
  let disk: SmallDisk;
  let trial: CrashTrial;
  beforeAll(async () => {
    disk = await mountSmallDisk(400);
    trial = await CrashTrial.start({ people: 40, databaseDir: path.join(disk.dir, 'database') });
  }, 900_000);
  afterAll(async () => {
    await trial?.stop();
    await disk?.remove();
  }, 60_000);
  const cessation = (): CaseInHand => trial.open(trial.applicant('cessation-of-use'));

  it('what cannot be kept is refused with 503, and when there is room again everything accepted comes out once and right', async () => {
    const first = cessation();
    await eventually('a case is on its way', () => first.run.accepted || undefined);
    await disk.fill();
    const during = [cessation(), cessation()];
    const { identity } = trial.applicant('cessation-of-use');
    const refusal = await eventually(
      'an application is refused',
      async () => {
        const form = {
          channel: 'post',
          language: 'ja',
          kinds: ['cessation-of-use'],
          identity,
          enclosed: ['identity-proof'],
        };
        const reply = await trial.platform.trial.ask<{ title?: string }>('clerk', 'POST', 'intake/applications', {
          body: form,
        });
        return reply.status >= 400 ? reply : undefined;
      },
      120_000,
    );
    expect(refusal.status).toBe(503);
    await disk.free();
    // A database does not run on with what it could not write; whoever runs it starts it again.
    if (!(await trial.platform.isDatabaseSound())) await trial.platform.killDatabase();
    const all = [first, ...during, cessation()];
    for (const one of all) await one.ended();
    for (const one of all) await trial.expectOnceAndRight(one);
    await trial.expectNothingLeft();
  }, 900_000);
});
