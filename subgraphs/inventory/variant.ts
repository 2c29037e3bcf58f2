import type { AvailabilityStatus } from './generated/prisma/enums.ts'

/** A variant as a reference from the router: inventory only adds fields to it. */
export type VariantReference = { readonly id: string }

/** The stored published stock of a variant. */
export type Availability = {
  readonly variantId: string
  readonly status: AvailabilityStatus
  readonly availableQuantity: number
  readonly asOf: Date
}
