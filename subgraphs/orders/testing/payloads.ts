import type { ShownCart } from './open-orders.ts'

/** An error in the payload of a mutation, with the fields of its type. */
export type ShownError = {
  readonly __typename: string
  readonly message: string
  readonly path: readonly string[] | null
  readonly [field: string]: unknown
}

type Money = { readonly amount: string; readonly currencyCode: string }

/** The fields of an order that tests read. */
export type OrderInPayload = {
  readonly id: string
  readonly number: string
  readonly status: string
  readonly version: number
  readonly grandTotal: Money
}

// The entity is typed as present: the tests read that of an accepted mutation. A refusal has errors, which they read instead.
type Payload<Fields> = Fields & { readonly userErrors: readonly ShownError[] }

export type CartPayload = Payload<{ readonly cart: ShownCart }>
export type OrderPayload = Payload<{ readonly order: OrderInPayload }>
export type GuestOrderPayload = Payload<{ readonly order: OrderInPayload; readonly secret: string }>
export type CouponPayload = Payload<{ readonly coupon: { readonly id: string; readonly code: string } }>
export type TaxCountryPayload = Payload<{ readonly taxCountry: { readonly countryCode: string } }>
export type TaxRatePayload = Payload<{ readonly taxRate: { readonly id: string } }>
export type RemovedTaxRatePayload = Payload<{ readonly removedTaxRateId: string }>
export type TaxAssignmentPayload = Payload<{ readonly taxAssignment: { readonly productCategoryId: string } }>

declare const PAYLOAD: unique symbol
/** The text of a mutation, with the type of its payload, which no value has. */
export type MutationText<P> = string & { readonly [PAYLOAD]?: P }

/** The payload of the one mutation of an answer. @throws Error with the errors of an answer that has none */
export function payloadOf<P>(
  _: MutationText<P>,
  { data, errors }: { readonly data: unknown; readonly errors: readonly unknown[] },
): P {
  const [payload] = Object.values(data ?? {})
  if (!payload) throw new Error(JSON.stringify(errors))
  // The operation states the type of its payload.
  return payload as P
}
