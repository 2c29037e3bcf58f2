import type { AvailabilityStatus } from './generated/prisma/enums.ts'

/** A reference to a variant. */
export type VariantReference = { readonly id: string }

/** The stored published stock of a variant. */
export type Availability = {
  readonly variantId: string
  readonly status: AvailabilityStatus
  readonly availableQuantity: number
  readonly asOf: Date
}
