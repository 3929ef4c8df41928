import { Catch, type ArgumentsHost } from '@nestjs/common';
import { etagOf, Problem, ProblemFilter } from '@kenri/service';
import { ChangedMeanwhile, Refusal, UnknownApplication } from '../decisions/refusal.js';

type Refused = Refusal | ChangedMeanwhile | UnknownApplication;

const problemOf = (refused: Refused): Problem => {
  if (refused instanceof UnknownApplication) return Problem.notFound();
  if (refused instanceof ChangedMeanwhile) {
    return new Problem(
      'changed-meanwhile',
      { ja: '再読み込みして、もう一度変更してください。', en: 'Load it again and repeat the change.' },
      { headers: { etag: etagOf(refused.revision) } },
    );
  }
  return refused.field === undefined
    ? Problem.conflict(refused.wording)
    : Problem.invalid({ pointer: refused.field, detail: refused.wording });
};

/** What the rules refuse, as a problem: a fault of the input is 422, the application's state 409, a lost race 412. */
@Catch(Refusal, ChangedMeanwhile, UnknownApplication)
export class RefusalFilter extends ProblemFilter {
  override catch(refused: Refused, host: ArgumentsHost): void {
    super.catch(problemOf(refused), host);
  }
}
