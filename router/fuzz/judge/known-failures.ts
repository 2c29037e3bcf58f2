import type { Failure } from '../run/differential-case.ts'
import type { World } from '../world/world.ts'

/**
 * A failure with a known cause outside the router. Each is as narrow as possible, since the failures that it
 * covers are ignored.
 */
type Known = {
  readonly why: string
  applies(failure: Failure, world: World, text: string): boolean
}

const KNOWN: readonly Known[] = [
  {
    why: 'the reference is a yardstick: what it does wrong is counted, and told apart in the conformance suite',
    applies: ({ executor }) => executor === 'reference',
  },
]

/** The reason for an expected failure; null if it is unexpected. */
export function knownReason(failure: Failure, world: World, text: string): string | null {
  return KNOWN.find(({ applies }) => applies(failure, world, text))?.why ?? null
}
