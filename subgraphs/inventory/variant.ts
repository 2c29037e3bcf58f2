import type { AvailabilityStatus } from './generated/prisma/enums.ts'

/** A variant as the router hands it over: inventory only adds to it. */
export type VariantReference = { readonly id: string }

/** The public stock of a variant, as kept. */
export type Availability = {
  readonly variantId: string
  readonly status: AvailabilityStatus
  readonly availableQuantity: number
  readonly asOf: Date
}
