import type { GuardedProcess } from '../processes/guarded-process.js';
import { decideRestart } from '../processes/restart-policy.js';
import type { BackingContext, BackingProcess, StartedService } from './candidates.js';

/**
 * Watches over a started backing service: in a run, one that ends without being asked to is started again on the same
 * data and port, with a growing delay, and that is said. In tests it stays down: a test that kills it wants it so.
 * @param first the process that is up already
 * @param launch starts it once more
 * @param awaitUp resolves once a launched one answers
 * @returns how to stop it (a test's data is thrown away, so there it need not leave in order), and how to hurt it
 */
export function keepRunning(
  first: GuardedProcess,
  launch: () => GuardedProcess,
  awaitUp: (launched: GuardedProcess) => Promise<void>,
  { purpose, log }: BackingContext,
): Pick<StartedService, 'stop' | 'process'> {
  let running = first;
  let stopping = false;
  let restarting: NodeJS.Timeout | undefined;
  let attempts = 0;

  const watch = (since: number) => {
    void running.ended.then((ending) => {
      if (stopping || purpose === 'test') return;
      const restart = decideRestart(ending, attempts, Date.now() - since);
      if (!restart.again) return;
      attempts = restart.attempt;
      log.line(`${running.name} ${ending}; starting it again in ${restart.afterMs / 1000} s (attempt ${attempts})`);
      restarting = setTimeout(() => {
        running = launch();
        watch(Date.now());
      }, restart.afterMs);
    });
  };
  watch(Date.now());
  const process: BackingProcess = {
    kill: () => running.kill(),
    stop: () => running.stop(),
    async start() {
      if (!running.hasEnded()) throw new Error(`${running.name} runs already`);
      running = launch();
      watch(Date.now());
      await awaitUp(running);
    },
    freeze: () => running.freeze(),
    thaw: () => running.thaw(),
    isRunning: () => !running.hasEnded(),
  };
  return {
    // In a run the process starts again by itself, and nobody else may do so.
    ...(purpose === 'test' && { process }),
    async stop() {
      stopping = true;
      clearTimeout(restarting);
      if (running.hasEnded()) return;
      await (purpose === 'test' ? running.kill() : running.stop());
    },
  };
}
