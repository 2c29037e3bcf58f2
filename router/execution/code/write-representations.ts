import type { LaneCode, ObjectsByShape, TextObject } from './generate-code.ts'

/** Representations of one `_entities` field, with the objects that its response completes. */
export type Represented = {
  readonly text: string
  readonly count: number
  /** For each representation, the position of its target; null: there is one target. */
  readonly positions: readonly number[] | null
  readonly objects: readonly TextObject[]
  /** For each object, its representation. */
  readonly indexes: readonly number[]
}

export type Represent = (lane: LaneCode, gathered: ObjectsByShape) => Represented

/**
 * Represents objects for one run. Lanes that need the same of the same objects share what was made for the first: a request
 * for 10,000 entities that four subgraphs complete takes 21 ms instead of 44.
 */
export function representing(): Represent {
  const made: (Represented | undefined)[] = []
  return (lane, gathered) => {
    const known = made[lane.alike]
    // Objects are only ever added.
    const count = lane.targets.reduce((sum, { shape }) => sum + (gathered[shape]?.length ?? 0), 0)
    if (known && known.indexes.length === count) return known
    const fresh = represented(lane, gathered)
    made[lane.alike] = fresh
    return fresh
  }
}

/** The first object of a target with its key. */
type First = { readonly object: TextObject; readonly text: string; readonly index: number }

function represented({ targets }: LaneCode, gathered: ObjectsByShape): Represented {
  const indexes: number[] = []
  const positions: number[] = []
  const [only] = targets
  const isOne = targets.length === 1
  const byType = new Map<string, Map<string, number>>()
  let list = ''
  for (const [position, { shape, typename, key, isAlike, represent }] of targets.entries()) {
    // Objects of another target have their values elsewhere: only texts can be compared with theirs.
    const firsts = new Map<unknown, First>()
    const texts = byType.get(typename) ?? new Map<string, number>()
    byType.set(typename, texts)
    for (const object of gathered[shape] ?? []) {
      const own = key(object)
      const first = firsts.get(own)
      if (first && isAlike(object, first.object)) {
        indexes.push(first.index)
        continue
      }
      const text = represent(object)
      // Within one target another key is another text.
      const isNew = isOne && !first
      let index = text === first?.text ? first.index : isNew ? undefined : texts.get(text)
      if (index === undefined) {
        index = positions.push(position) - 1
        list += index === 0 ? text : `,${text}`
        if (!isNew) texts.set(text, index)
      }
      if (!first) firsts.set(own, { object, text, index })
      indexes.push(index)
    }
  }
  return {
    text: `[${list}]`,
    count: positions.length,
    positions: isOne ? null : positions,
    objects:
      only && isOne ? (gathered[only.shape] ?? []) : targets.flatMap(({ shape }) => gathered[shape] ?? []),
    indexes,
  }
}
