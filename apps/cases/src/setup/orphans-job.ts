import { Inject, Injectable, Logger } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { CONFIGURATION } from '@kenri/service';
import { CollectOrphans } from '../commands/collect-orphans.js';
import type { CasesConfiguration } from './settings.js';

/** After a start there is more urgent work, and several instances often start together. */
const FIRST_AFTER_MS = 10 * 60_000;

/** Collects orphaned artifacts some time after the start and every so many hours. Repeating it in several instances is harmless. */
@Injectable()
export class OrphansJob {
  private readonly logger = new Logger('OrphansJob');
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly commands: CommandBus,
    @Inject(CONFIGURATION) private readonly configuration: CasesConfiguration,
  ) {}

  onApplicationBootstrap(): void {
    if (this.configuration.KENRI_ORPHANS_HOURS === 0) return;
    this.schedule(FIRST_AFTER_MS * (0.5 + Math.random()));
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.timer);
    await this.running;
    clearTimeout(this.timer);
  }

  private schedule(inMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.collect().then(() => this.schedule(this.configuration.KENRI_ORPHANS_HOURS * 3600_000));
    }, inMs);
    this.timer.unref();
  }

  private async collect(): Promise<void> {
    try {
      const collected: number = await this.commands.execute(new CollectOrphans());
      this.logger.log(`${collected} orphaned artifacts deleted`);
    } catch (error) {
      this.logger.warn(`orphaned artifacts were not collected, next time again: ${(error as Error).name}`);
    }
  }
}
