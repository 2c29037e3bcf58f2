import type { LaneCode, Met, TextObject } from './text-code.ts'

/** What one `_entities` is sent, and whom its answer completes. */
export type Represented = {
  readonly text: string
  readonly count: number
  /** For each representation, the position of its target; null: there is one target. */
  readonly positions: readonly number[] | null
  readonly objects: readonly TextObject[]
  /** For each object, its representation. */
  readonly indexes: readonly number[]
}

export type Represent = (lane: LaneCode, met: Met) => Represented

/**
 * Represents objects for one run. Lanes that need the same of the same objects share what was made for the first: a request
 * for 10,000 entities that four subgraphs complete takes 21 ms instead of 44.
 */
export function representing(): Represent {
  const made: (Represented | undefined)[] = []
  return (lane, met) => {
    const known = made[lane.alike]
    // Objects are only ever added.
    const count = lane.targets.reduce((sum, { shape }) => sum + (met[shape]?.length ?? 0), 0)
    if (known && known.indexes.length === count) return known
    const fresh = represented(lane, met)
    made[lane.alike] = fresh
    return fresh
  }
}

/** The first object with its key, and what else has the same: parts of a key, or another order of fields. */
type Known = {
  readonly position: number
  readonly object: TextObject
  readonly text: string
  readonly index: number
  others: Map<string, number> | null
}

function indexAmong({ text: first, index, others }: Known, text: string): number | undefined {
  return text === first ? index : others?.get(text)
}

function represented({ targets }: LaneCode, met: Met): Represented {
  const indexes: number[] = []
  const positions: number[] = []
  const known = new Map<string, Map<unknown, Known>>()
  let list = ''
  for (const [position, { shape, typename, key, isAlike, represent }] of targets.entries()) {
    const ofType = known.get(typename) ?? new Map<unknown, Known>()
    known.set(typename, ofType)
    for (const object of met[shape] ?? []) {
      const own = key(object)
      const first = ofType.get(own)
      // Objects of another target have their values elsewhere.
      if (first?.position === position && isAlike(object, first.object)) {
        indexes.push(first.index)
        continue
      }
      const text = represent(object)
      let index = first ? indexAmong(first, text) : undefined
      if (index === undefined) {
        index = positions.push(position) - 1
        list += index === 0 ? text : `,${text}`
        if (!first) ofType.set(own, { position, object, text, index, others: null })
        else first.others = (first.others ?? new Map<string, number>()).set(text, index)
      }
      indexes.push(index)
    }
  }
  const [only] = targets
  const isOne = targets.length === 1
  return {
    text: `[${list}]`,
    count: positions.length,
    positions: isOne ? null : positions,
    objects: only && isOne ? (met[only.shape] ?? []) : targets.flatMap(({ shape }) => met[shape] ?? []),
    indexes,
  }
}
