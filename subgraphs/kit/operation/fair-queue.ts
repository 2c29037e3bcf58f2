/** Waiting entries of several owners. */
export type FairQueue<Owner, Entry> = {
  readonly size: number
  add(owner: Owner, entry: Entry): void
  /**
   * Removes and returns the next entry of the next owner in turn; undefined when none may go.
   * @param may skips owners that it refuses.
   */
  next(may?: (owner: Owner) => boolean): { readonly owner: Owner; readonly entry: Entry } | undefined
  /** Removes all entries of an owner. */
  drop(owner: Owner): void
}

/**
 * A round-robin queue: an owner of 10,000 entries delays another's only entry by one of its own.
 * @param order which entry of an owner is the next one.
 */
export function fairQueue<Owner, Entry>(order: 'oldest first' | 'newest first'): FairQueue<Owner, Entry> {
  // In insertion order: an owner that was served is inserted again, behind the others.
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
        // An owner without entries is not kept.
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
