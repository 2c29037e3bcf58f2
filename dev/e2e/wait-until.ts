/**
 * Repeats a request until its answer is right, since events take time. The limit only ends a test that would
 * fail anyway.
 * @throws Error with the last answer when the limit is reached
 */
export async function waitUntil<T>(
  ask: () => Promise<T>,
  isRight: (answer: T) => boolean,
  limitMs = 45_000,
): Promise<T> {
  const end = performance.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (isRight(answer)) return answer
    if (performance.now() > end)
      throw new Error(`still not right after ${limitMs} ms: ${JSON.stringify(answer)}`)
    await new Promise((resolve) => setTimeout(resolve, 25))
  }
}
