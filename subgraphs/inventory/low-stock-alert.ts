/** An alert that the available units of a stock level fell to its reorder point. */
export type LowStockAlert = {
  readonly id: string
  readonly stockLevelId: string
  readonly availableQuantity: number
  readonly reorderPoint: number
  readonly raisedAt: Date
  readonly acknowledgedAt: Date | null
  readonly resolvedAt: Date | null
}

export type LowStockAlertState = 'OPEN' | 'ACKNOWLEDGED' | 'RESOLVED'

/** An alert whose stock has risen again is RESOLVED, acknowledged or not. */
export function stateOf({ acknowledgedAt, resolvedAt }: LowStockAlert): LowStockAlertState {
  if (resolvedAt) return 'RESOLVED'
  return acknowledgedAt ? 'ACKNOWLEDGED' : 'OPEN'
}
