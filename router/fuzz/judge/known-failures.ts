import type { Failure } from '../run/differential-case.ts'
import type { World } from '../world/world.ts'

/** A fault that is understood, and not the router's. Each is as narrow as can be: what it excuses is not looked at. */
type Known = {
  readonly why: string
  applies(failure: Failure, world: World, text: string): boolean
}

const KNOWN: readonly Known[] = [
  {
    why: 'the reference is a yardstick: what it does wrong is counted, and told apart in the conformance suite',
    applies: ({ contestant }) => contestant === 'reference',
  },
]

/** Why a failure is expected; null where it is not. */
export function knownReason(failure: Failure, world: World, text: string): string | null {
  return KNOWN.find(({ applies }) => applies(failure, world, text))?.why ?? null
}
