/**
 * An exhaustive exploration: every state that a world can get into, however messages are delayed, reordered, lost for a while
 * or doubled. The network is a set of everything ever sent, from which anything may be delivered at any time, any number of
 * times; that covers crashes too, since a handler's effects and its messages are one transaction: a crash is a message not
 * delivered yet.
 */
export type Model<World> = {
  readonly start: World
  /** Tells worlds apart. */
  keyOf(world: World): string
  /** Everything that can happen next, by a name for the path. */
  movesOf(world: World): readonly (readonly [name: string, next: World])[]
}

export type Found<World> = {
  readonly world: World
  readonly name: string
  readonly from: Found<World> | null
}

/** Whether a world, or the step that led to it, breaks something. Null: no. */
export type Law<World> = (world: World, from: World | null) => string | null

/** How many worlds are explored before a model counts as boundless. */
const MOST = 400_000

/** What led to a world. */
export function pathTo<World>(found: Found<World>): string[] {
  return found.from ? [...pathTo(found.from), found.name] : [found.name]
}

/**
 * All worlds, the nearest first. With a law, the exploration ends at the first world that breaks it.
 * @throws Error when there are too many.
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
    if (worlds.length > MOST) throw new Error(`more than ${MOST} worlds`)
  }
  return { worlds, fault: null }
}

/**
 * Where worlds come to rest once the faults are over. `heal` is one round of it: everything is delivered, and what has no answer
 * is sent again. What was found for one world counts for all on its way.
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
      if (rounds > 50) throw new Error(`no rest in 50 rounds: ${key}`)
      at = next
    }
  }
}

/** A network: messages ever sent, sorted, so that two with the same messages are equal. */
export function sent(network: readonly string[], messages: readonly string[]): readonly string[] {
  const fresh = messages.filter((message) => !network.includes(message))
  return fresh.length === 0 ? network : [...new Set([...network, ...fresh])].sort()
}
