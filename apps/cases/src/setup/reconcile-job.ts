import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CONFIGURATION } from '@kenri/service';
import { ReconcileSuppressions, type Reconciled } from '../commands/reconcile-suppressions.js';
import type { CasesConfiguration } from './settings.js';

/** Compares the suppression topic with the register every so many hours. Repeating it in several instances is harmless. */
@Injectable()
export class ReconcileJob {
  private readonly logger = new Logger('ReconcileJob');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly commands: CommandBus,
    @Inject(CONFIGURATION) private readonly configuration: CasesConfiguration,
  ) {}

  onApplicationBootstrap(): void {
    const hours = this.configuration.KENRI_RECONCILE_HOURS;
    if (hours === 0) return;
    this.timer = setInterval(() => {
      this.running = this.reconcile();
    }, hours * 3600_000);
    this.timer.unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.running;
  }

  private async reconcile(): Promise<void> {
    try {
      const result: Reconciled = await this.commands.execute(new ReconcileSuppressions());
      this.logger.log(`suppressions compared: ${JSON.stringify(result)}`);
    } catch (error) {
      this.logger.warn(`suppressions were not compared, next time again: ${(error as Error).name}`);
    }
  }
}
