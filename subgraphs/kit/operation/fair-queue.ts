/** Queued entries of several owners. */
export type FairQueue<Owner, Entry> = {
  readonly size: number
  add(owner: Owner, entry: Entry): void
  /**
   * Removes and returns the next entry of the next owner; undefined if there is none.
   * @param may owners for which it returns false are skipped.
   */
  next(may?: (owner: Owner) => boolean): { readonly owner: Owner; readonly entry: Entry } | undefined
  /** Removes all entries of an owner. */
  drop(owner: Owner): void
}

/**
 * A round-robin queue: an owner with 10,000 entries delays another owner's only entry by one.
 * @param order which entry of an owner is next.
 */
export function fairQueue<Owner, Entry>(order: 'oldest first' | 'newest first'): FairQueue<Owner, Entry> {
  // In insertion order: a served owner is inserted again at the end.
  const waiting = new Map<Owner, { entries: Entry[]; head: number }>()
  let size = 0

  return {
    get size() {
      return size
    },
    add(owner, entry) {
      size++
      const own = waiting.get(owner)
      if (own) own.entries.push(entry)
      else waiting.set(owner, { entries: [entry], head: 0 })
    },
    next(may) {
      for (const [owner, own] of waiting) {
        if (may && !may(owner)) continue
        const entry = order === 'oldest first' ? own.entries[own.head++] : own.entries.pop()
        // Owners without entries are removed.
        if (entry === undefined) continue
        size--
        waiting.delete(owner)
        if (own.head < own.entries.length) waiting.set(owner, own)
        return { owner, entry }
      }
      return undefined
    },
    drop(owner) {
      const own = waiting.get(owner)
      if (!own) return
      size -= own.entries.length - own.head
      waiting.delete(owner)
    },
  }
}
