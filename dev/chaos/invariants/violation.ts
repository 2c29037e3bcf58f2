/** A violated invariant, by its number in docs/chaos.md. */
export type Violation = {
  readonly invariant: 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8
  /** Null if it is not about a single order. */
  readonly orderId: string | null
  readonly text: string
}

export function violation(invariant: Violation['invariant'], orderId: unknown, text: string): Violation {
  return { invariant, orderId: orderId == null ? null : String(orderId), text }
}
