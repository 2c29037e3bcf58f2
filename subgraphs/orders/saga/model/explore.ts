// Tested in checkout-model.test.ts: the test uses this exploration.

/**
 * Exhaustive exploration of every reachable state, with messages delayed, reordered, lost for a while or
 * duplicated. The network is the set of all messages ever sent. Each may be delivered at any time, any number
 * of times. This includes crashes: the effects of a handler and its messages are one transaction, so a crash
 * equals a message that is not delivered yet.
 */
export type Model<World> = {
  readonly start: World
  /** Identity of a state. */
  keyOf(world: World): string
  /** All possible transitions, by name. */
  movesOf(world: World): readonly (readonly [name: string, next: World])[]
}

export type Found<World> = {
  readonly world: World
  readonly name: string
  readonly from: Found<World> | null
}

/** Checks a state, or the transition to it. Returns the violation or null. */
export type Law<World> = (world: World, from: World | null) => string | null

/** Maximum number of states; a model with more counts as unbounded. */
const MAX_STATES = 400_000

/** The transition that led to a state. */
export function pathTo<World>(found: Found<World>): string[] {
  return found.from ? [...pathTo(found.from), found.name] : [found.name]
}

/**
 * Explores all states, nearest first. With an invariant, it stops at the first state that violates it.
 * @throws Error if there are too many states
 */
export function explore<World>(
  { start, keyOf, movesOf }: Model<World>,
  law: Law<World> = () => null,
): { worlds: Found<World>[]; fault: { what: string; path: string[] } | null } {
  const first: Found<World> = { world: start, name: 'start', from: null }
  const worlds = [first]
  const seen = new Set([keyOf(start)])
  for (const found of worlds) {
    for (const [name, next] of movesOf(found.world)) {
      const step: Found<World> = { world: next, name, from: found }
      const what = law(next, found.world)
      if (what) return { worlds, fault: { what, path: pathTo(step) } }
      const key = keyOf(next)
      if (seen.has(key)) continue
      seen.add(key)
      worlds.push(step)
    }
    if (worlds.length > MAX_STATES) throw new Error(`more than ${MAX_STATES} states`)
  }
  return { worlds, fault: null }
}

/**
 * The settled states that are reached when the faults are over. `heal` is one round of delivery and
 * repetition. The result of a state is reused for all states on its path.
 */
export function settler<World>(keyOf: (world: World) => string, heal: (world: World) => World) {
  const rests = new Map<string, World>()
  return (world: World): World => {
    const way: string[] = []
    let at = world
    for (let rounds = 0; ; rounds++) {
      const key = keyOf(at)
      const known = rests.get(key)
      const next = known ?? heal(at)
      way.push(key)
      if (known || keyOf(next) === key) {
        for (const passed of way) rests.set(passed, next)
        return next
      }
      if (rounds > 50) throw new Error(`not settled after 50 rounds: ${key}`)
      at = next
    }
  }
}

/** A network: the sorted messages ever sent, so that equal sets compare equal. */
export function sent(network: readonly string[], messages: readonly string[]): readonly string[] {
  const fresh = messages.filter((message) => !network.includes(message))
  return fresh.length === 0 ? network : [...new Set([...network, ...fresh])].sort()
}
