import type { LoggerService } from '@nestjs/common';

type Level = 'log' | 'error' | 'warn' | 'debug';

/** Keeps what was logged, by level. */
export class LoggedLines implements LoggerService {
  private readonly lines: [Level, string][] = [];
  log = (message: unknown) => this.lines.push(['log', String(message)]);
  error = (message: unknown) => this.lines.push(['error', String(message)]);
  warn = (message: unknown) => this.lines.push(['warn', String(message)]);
  debug = (message: unknown) => this.lines.push(['debug', String(message)]);

  of(level: Level): string[] {
    return this.lines.filter(([of]) => of === level).map(([, line]) => line);
  }

  all(): string[] {
    return this.lines.map(([, line]) => line);
  }
}
