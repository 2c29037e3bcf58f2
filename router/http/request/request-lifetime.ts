import type { ServerResponse } from 'node:http'
import type { Lifetime } from '../../request-context.ts'

/** The reason of a request that took too long. */
export const LATE = Symbol('late')

/**
 * A request lasts until it is answered, its time is over, or its client disconnects. A mutation continues
 * without its client.
 * @param timeMs from now.
 */
export function beginLifetime(
  response: ServerResponse,
  timeMs: number,
): { readonly lifetime: Lifetime; readonly end: () => void } {
  const controller = new AbortController()
  const lifetime: Lifetime = { signal: controller.signal, mutates: false }
  const timer = setTimeout(() => controller.abort(LATE), timeMs)
  const clientLeft = () => {
    if (!lifetime.mutates) controller.abort()
  }
  response.once('close', clientLeft)
  const end = () => {
    clearTimeout(timer)
    response.off('close', clientLeft)
  }
  return { lifetime, end }
}
