/**
 * Like Promise.all, but waits for all of them before it rejects: whoever cleans up then finds everything that was started, and
 * nothing starts afterwards.
 */
export async function allSettled<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [Place in keyof T]: Awaited<T[Place]> }> {
  await Promise.allSettled(work)
  // Nothing is waited for any more; this only unwraps, or throws the first fault.
  return Promise.all(work)
}
