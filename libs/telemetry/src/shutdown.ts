// `register` runs as a module graph of its own before the application's; the symbol registry is what both share for sure.
const slot = Symbol.for('kenri.telemetry.shutdown');
const registry = globalThis as { [slot]?: () => Promise<void> };

export function setShutdown(shutdown: () => Promise<void>): void {
  registry[slot] = shutdown;
}

/** Flushes what has not been exported; to be awaited last on shutdown, or the last spans are lost. */
export async function shutdownTelemetry(): Promise<void> {
  await registry[slot]?.();
}
