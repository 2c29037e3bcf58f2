import type { News } from '../gateway/gateway.ts'
import type { PaymentStatus } from '../generated/prisma/enums.ts'

/** Statuses of a payment that has already reached a status of the gateway. */
const REACHED: Readonly<Record<News, readonly PaymentStatus[]>> = {
  REQUIRES_ACTION: [
    ...(['REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED', 'PARTIALLY_REFUNDED'] as const),
    ...(['REFUNDED', 'DECLINED', 'VOIDED'] as const),
  ],
  AUTHORIZED: ['AUTHORIZED', 'CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED', 'VOIDED'],
  CAPTURED: ['CAPTURED', 'PARTIALLY_REFUNDED', 'REFUNDED'],
  DECLINED: ['DECLINED'],
  VOIDED: ['VOIDED'],
}

/** Whether a payment with this status has already reached the gateway's status. */
export function hasReached(status: PaymentStatus, reached: News): boolean {
  return REACHED[reached].includes(status)
}
