/** A holder of buffered bytes, which has to release them if the total exceeds the budget. */
export type Holder = { readonly giveUp: () => void }

export type ByteBudget = {
  /**
   * Sets the number of bytes of this holder. If the total exceeds the bound, the largest holders give up
   * theirs until the rest fit.
   */
  hold(holder: Holder, bytes: number): void
  leave(holder: Holder): void
}

/**
 * Limits the bytes that many holders have together. The largest gives way, so that a small one always finds
 * room.
 * @param bound in bytes.
 */
export function byteBudget(bound: number): ByteBudget {
  const held = new Map<Holder, number>()
  let total = 0
  const leave = (holder: Holder) => {
    total -= held.get(holder) ?? 0
    held.delete(holder)
  }
  return {
    hold(holder, bytes) {
      leave(holder)
      held.set(holder, bytes)
      total += bytes
      while (total > bound) {
        const largest = largestOf(held)
        leave(largest)
        largest.giveUp()
      }
    },
    leave,
  }
}

function largestOf(held: ReadonlyMap<Holder, number>): Holder {
  let largest: Holder | null = null
  let most = 0
  for (const [holder, bytes] of held) {
    if (bytes <= most) continue
    most = bytes
    largest = holder
  }
  if (!largest) throw new Error('bytes are counted, but no holder has any')
  return largest
}
