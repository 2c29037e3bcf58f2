import type { CompiledLane } from '../compiled-step.ts'
import type { Json } from '../own-property.ts'
import type { Filled } from '../response/fetch-errors.ts'
import type { TypeRepresentation } from './compile-representation.ts'

/** Representations of one `_entities` field, with the objects that its response completes. */
export type Represented = Filled & {
  readonly alias: string
  readonly indexes: readonly number[]
  /** Number of representations. */
  readonly count: number
  /** The list of representations, as JSON text. */
  readonly text: string
  /** Objects that lack a required field. */
  readonly lacking: readonly Json[]
}

const NONE: readonly Json[] = []

/**
 * Writes each distinct representation once, since a page of reviews has few authors. It reduced a request
 * from 22 KB to 4 KB.
 */
export function represent(
  { alias, dataPaths, represent, rewrite, renamed }: CompiledLane,
  data: Json,
): Represented {
  const found: Json[] = []
  for (const { gather } of dataPaths) gather(data, found)
  const objects: Json[] = []
  const indexes: number[] = []
  const texts = new Map<string, number>()
  let known: Known = { typename: null, type: null, alike: new Map() }
  let list = ''
  let lacking: Json[] | null = null
  for (const object of found) {
    const typename = object.__typename
    if (typeof typename !== 'string') continue
    if (known.typename !== typename) known = { typename, type: represent(typename), alike: new Map() }
    if (!known.type) continue
    let index = indexOfAlike(object, known)
    if (index === undefined) {
      const text = known.type.write(object)
      if (text === null) {
        lacking ??= []
        lacking.push(object)
        continue
      }
      index = texts.get(text)
      if (index === undefined) {
        index = texts.size
        texts.set(text, index)
        const written = rewrite ? rewrite(text) : text
        list += index === 0 ? written : `,${written}`
      }
      remember(object, index, known)
    }
    objects.push(object)
    indexes.push(index)
  }
  const path = dataPaths[0]?.path ?? []
  const text = `[${list}]`
  return { alias, objects, indexes, path, renamed, count: texts.size, text, lacking: lacking ?? NONE }
}

/** Consecutive entities of one type. */
type Known = {
  readonly typename: string | null
  readonly type: TypeRepresentation | null
  /** A written representation and its index, by the value of the first leaf. */
  readonly alike: Map<unknown, { readonly object: Json; readonly index: number }>
}

/** Entities are compared leaf by leaf, which spares writing an equal representation. */
function indexOfAlike(object: Json, { type, alike }: Known): number | undefined {
  const leaves = type?.leaves
  if (!leaves) return undefined
  const before = alike.get(object[leaves[0] ?? ''])
  if (!before) return undefined
  for (const name of leaves) if (before.object[name] !== object[name]) return undefined
  return before.index
}

function remember(object: Json, index: number, { type, alike }: Known): void {
  const [first] = type?.leaves ?? []
  if (first !== undefined && !alike.has(object[first])) alike.set(object[first], { object, index })
}
