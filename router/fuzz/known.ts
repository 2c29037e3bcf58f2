import type { Failure } from './arena.ts'

/** A fault that is understood, and not the compiled executor's. */
type Known = {
  readonly why: string
  applies(failure: Failure): boolean
}

const KNOWN: readonly Known[] = [
  {
    why: 'the reference is a yardstick: what it does wrong is counted, and told apart in the conformance suite',
    applies: ({ contestant }) => contestant === 'reference',
  },
  {
    why: "Apollo's planner fails an assertion where a fragment goes from an interface object to another interface",
    // Hive's has no part in a graph with @context.
    applies: ({ what }) => /^throws: We should have an edge from I\d\(omega\)/.test(what),
  },
]

/** Why a failure is expected; null where it is not. */
export function knownReason(failure: Failure): string | null {
  return KNOWN.find(({ applies }) => applies(failure))?.why ?? null
}
