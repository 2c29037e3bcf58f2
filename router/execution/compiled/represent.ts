import type { CompiledLane } from './compiled-step.ts'
import type { Filled } from './fetch-errors.ts'
import type { Json } from './own-property.ts'

/** What one `_entities` is sent, and whom its answer completes. */
export type Represented = Filled & {
  readonly alias: string
  readonly indexes: readonly number[]
  /** How many representations there are. */
  readonly count: number
  /** The list of representations, as JSON text. */
  readonly text: string
}

/** Writes each distinct representation once: a page of reviews has few authors. Of 22 KB sent, 4 KB were left. */
export function represent({ lane, gather, represent, rewrite }: CompiledLane, data: Json): Represented {
  const found: Json[] = []
  for (const gatherAt of gather) gatherAt(data, found)
  const objects: Json[] = []
  const indexes: number[] = []
  const seen = new Map<string, number>()
  let text = ''
  for (const object of found) {
    const representation = represent(object)
    if (representation === null) continue
    let index = seen.get(representation)
    if (index === undefined) {
      index = seen.size
      seen.set(representation, index)
      const written = rewrite ? rewrite(representation) : representation
      text += index === 0 ? written : `,${written}`
    }
    objects.push(object)
    indexes.push(index)
  }
  return {
    alias: lane.alias,
    objects,
    indexes,
    path: lane.paths[0] ?? [],
    count: seen.size,
    text: `[${text}]`,
  }
}
