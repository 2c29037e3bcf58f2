import type { StockMovementKind } from './generated/prisma/enums.ts'

/** One entry of a level's ledger. */
export type StockMovement = {
  readonly id: bigint
  readonly stockLevelId: string
  readonly kind: StockMovementKind
  readonly onHandDelta: number
  readonly reservedDelta: number
  /** Units on hand after the change. */
  readonly onHand: number
  /** Reserved units after the change. */
  readonly reserved: number
  readonly orderId: string | null
  readonly at: Date
}
