import { chance } from '../seed/random/chance.ts'

/**
 * Draws `count` of the items, the same for the same seed, each kind as often as another: else conditions, of which there are
 * most, would crowd out the locks. The draw keeps the order of the items.
 */
export function sample<T extends { readonly kind: string }>(
  items: readonly T[],
  count: number,
  seed: number,
): T[] {
  const kinds = [...Map.groupBy(items, ({ kind }) => kind)].map(([kind, ones]) =>
    shuffled(ones, chance(seed, kind, 0)),
  )
  const drawn = new Set<T>()
  for (let round = 0; drawn.size < Math.min(count, items.length); round++)
    for (const ones of kinds) {
      const one = ones[round]
      if (one !== undefined && drawn.size < count) drawn.add(one)
    }
  return items.filter((item) => drawn.has(item))
}

/** Fisher–Yates. */
function shuffled<T>(items: readonly T[], random: { below(end: number): number }): T[] {
  const rest = [...items]
  return items.flatMap(() => rest.splice(random.below(rest.length), 1))
}
