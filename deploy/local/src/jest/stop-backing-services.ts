/** Ends what `start-backing-services` started, and removes its data. */
export default async function stopAfterTests(): Promise<void> {
  const { kenriBackingServices } = globalThis as { kenriBackingServices?: () => Promise<void> };
  await kenriBackingServices?.();
}
