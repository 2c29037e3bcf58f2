import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Writer } from './leaf-value-writer.ts'
import { commitErrors, reportMissing, rollBackErrors, type Shaping } from './response-state.ts'

/**
 * Number of elements above which a list is written separately, in several turns of the event loop if it takes
 * long.
 */
const LONG_LIST = 250

/** Maximum time for which other work waits, in milliseconds. */
const TURN_MS = 5
/** Elements that are written between two looks at the clock. */
const BETWEEN_LOOKS = 16
/**
 * Elements whose texts are joined at a time. V8 keeps a string that is concatenated one by one as a tree of
 * as many nodes.
 */
const JOINED = 1_024

export type ListToWrite = {
  readonly list: readonly unknown[]
  /** Writes an element that is not null. */
  readonly write: Writer
  /** Whether no element may be null. */
  readonly nonNull: boolean
  /** Name of an element in messages. */
  readonly element: string
}

/** Thrown where a long list is met that is not written yet. */
class LongListMet extends Error {
  readonly list: ListToWrite
  /** Its path in the answer. */
  readonly path: string

  constructor(list: ListToWrite, path: string) {
    super('a long list has to be written first')
    this.list = list
    this.path = path
  }
}

export function isLong({ length }: readonly unknown[]): boolean {
  return length > LONG_LIST
}

/** The text of a long list that was written before; null where it may not stand. @throws LongListMet */
export function longList(list: ListToWrite, shaping: Shaping): string | null {
  const path = shaping.path.slice(0, shaping.depth + 1).join('.')
  const text = shaping.longLists.get(path)
  if (text === undefined) throw new LongListMet(list, path)
  return text
}

/** Writes the element at an index. @returns null where it is null. */
export function writeElement(
  { list, write, nonNull, element }: ListToWrite,
  index: number,
  shaping: Shaping,
): string | null {
  const depth = ++shaping.depth
  shaping.path[depth] = index
  const item = list[index]
  let written: string | null = null
  if (item !== null && item !== undefined) written = write(item, shaping, element)
  else if (nonNull || shaping.faults) reportMissing(shaping, list, index, true, nonNull ? element : null)
  shaping.depth = depth - 1
  return written
}

/**
 * Writes a value that may contain long lists. These are written first, in turns with other work. Then the
 * value is written again from the start, since the parts written until then are short.
 * @returns a promise only if there is a long list.
 */
export function writeInTurns(
  write: () => string | null,
  shaping: Shaping,
): string | null | Promise<string | null> {
  const { depth } = shaping
  commitErrors(shaping)
  try {
    return write()
  } catch (error) {
    if (!(error instanceof LongListMet)) throw error
    return writeListsFirst(write, shaping, depth, error)
  }
}

async function writeListsFirst(
  write: () => string | null,
  shaping: Shaping,
  depth: number,
  first: LongListMet,
): Promise<string | null> {
  const paths: string[] = []
  for (let met = first; ; ) {
    rollBackErrors(shaping)
    shaping.longLists.set(met.path, await writeLong(met, shaping))
    paths.push(met.path)
    shaping.depth = depth
    commitErrors(shaping)
    try {
      const text = write()
      for (const path of paths) shaping.longLists.delete(path)
      return text
    } catch (error) {
      if (!(error instanceof LongListMet)) throw error
      met = error
    }
  }
}

async function writeLong({ list }: LongListMet, shaping: Shaping): Promise<string | null> {
  const joined: string[] = []
  let texts: string[] = []
  let bubbles = false
  let turn = performance.now()
  for (let index = 0; index < list.list.length; index++) {
    const written = writeInTurns(() => writeElement(list, index, shaping), shaping)
    const text = written instanceof Promise ? await written : written
    // The other elements continue: each reports its own error.
    if (text === null && list.nonNull) bubbles = true
    texts.push(text ?? 'null')
    if (texts.length === JOINED) {
      joined.push(texts.join(','))
      texts = []
    }
    if (index % BETWEEN_LOOKS === 0 && performance.now() - turn > TURN_MS) {
      await nextTurn()
      turn = performance.now()
    }
  }
  if (texts.length > 0) joined.push(texts.join(','))
  return bubbles ? null : `[${joined.join(',')}]`
}
