/**
 * Like Promise.all, but waits for all promises before it rejects, so that a clean-up sees everything that was
 * started, and nothing starts later.
 */
export async function allSettled<const T extends readonly unknown[]>(
  work: T,
): Promise<{ -readonly [Place in keyof T]: Awaited<T[Place]> }> {
  await Promise.allSettled(work)
  // All have settled; this only unwraps, or throws the first error.
  return Promise.all(work)
}
