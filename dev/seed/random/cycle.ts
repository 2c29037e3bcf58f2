/** The member of a repeating table that a child belongs to, and the child's index within it. */
export type Place = { readonly member: number; readonly position: number }

/**
 * A repeating table of the number of children of each member. It converts a child's index to its member and
 * back by arithmetic, so that no row needs the rows before it.
 */
export type Cycle = {
  /** Children in one repetition. */
  readonly total: number
  countOf(member: number): number
  firstOf(member: number): number
  placeOf(child: number): Place
  /** Children of the first `members` members. */
  totalOf(members: number): number
}

export function cycle(counts: readonly number[]): Cycle {
  const starts: number[] = []
  const places: Place[] = []
  for (const [member, count] of counts.entries()) {
    starts.push(places.length)
    for (let position = 0; position < count; position++) places.push({ member, position })
  }
  const total = places.length
  const firstOf = (member: number): number => {
    const start = starts[member % counts.length] ?? 0
    return Math.floor(member / counts.length) * total + start
  }
  return {
    total,
    firstOf,
    totalOf: firstOf,
    countOf: (member) => counts[member % counts.length] ?? 0,
    placeOf: (child) => {
      const place = places[child % total]
      if (!place) throw new Error(`Child ${child} is in no cycle of ${total} children.`)
      return { member: Math.floor(child / total) * counts.length + place.member, position: place.position }
    },
  }
}
