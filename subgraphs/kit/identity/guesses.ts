import type { Allowance, Throttle } from './throttle.ts'

/** A bucket and its limit. */
export type GuessBucket = { readonly key: string; readonly allowance: Allowance }

/**
 * Counts one attempt to guess a secret in every bucket while `attempt` runs. An attempt for which `wasInVain`
 * is false does not count; one that fails does. The address bucket comes first, so that invented names cannot fill the table.
 * @throws GraphQLError RATE_LIMITED; a refused attempt counts in no bucket.
 */
export async function throttleGuess<T>(
  throttle: Pick<Throttle, 'take' | 'giveBack'>,
  buckets: readonly GuessBucket[],
  attempt: () => Promise<T>,
  wasInVain: (outcome: T) => boolean,
): Promise<T> {
  const taken: GuessBucket[] = []
  const giveBack = async () => {
    for (const { key, allowance } of taken) await throttle.giveBack(key, allowance)
  }
  try {
    for (const bucket of buckets) {
      await throttle.take(bucket.key, bucket.allowance)
      taken.push(bucket)
    }
  } catch (error) {
    await giveBack()
    throw error
  }
  const outcome = await attempt()
  if (!wasInVain(outcome)) await giveBack()
  return outcome
}
