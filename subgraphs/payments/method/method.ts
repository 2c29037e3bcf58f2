import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type UserError, type ValidationError, validationError } from '@argyle/kit/user-errors'
import type { GatewayMethod, Refusal } from '../gateway/gateway.ts'
import type { PaymentMethod } from '../generated/prisma/client.ts'

export type { PaymentMethod }

/** How many methods a customer keeps. */
export const MOST_METHODS = 20

export type PaymentTokenError = UserError & {
  readonly __typename: 'PaymentTokenError'
  readonly code: string
}
export type PaymentGatewayError = UserError & { readonly __typename: 'PaymentGatewayError' }

/** The gateway did not take the token, for good. The token itself is not echoed. */
export function tokenRefused({ code, message }: Refusal): PaymentTokenError {
  return {
    __typename: 'PaymentTokenError',
    code,
    message: `the gateway refused the token: ${message} Allowed is a fresh token of the gateway, used once`,
    path: ['token'],
  }
}

/** The gateway did not answer: the same request may be sent again. */
export function gatewayAway(): PaymentGatewayError {
  const message =
    'the payment gateway does not answer now: send the same request again, with the same idempotencyKey'
  return { __typename: 'PaymentGatewayError', message, path: null }
}

export type NewMethod = { readonly id: string; readonly customerId: string | null; readonly gateway: string }

/**
 * A method that somebody adds. The first one of a customer is the default.
 * @param kept how many the customer has already.
 */
export function addMethod(
  { id, customerId, gateway }: NewMethod,
  attached: GatewayMethod,
  { kept, makeDefault, now }: { kept: number; makeDefault: boolean; now: Date },
): Decision<PaymentMethod, ValidationError> {
  if (kept >= MOST_METHODS) return refuse(tooMany(kept))
  const isCard = attached.kind === 'CARD'
  return accept({
    id,
    customerId,
    gateway,
    kind: attached.kind,
    gatewayRef: attached.ref,
    brand: isCard ? attached.brand : null,
    last4: isCard ? attached.last4 : null,
    expMonth: isCard ? attached.expMonth : null,
    expYear: isCard ? attached.expYear : null,
    provider: isCard ? null : attached.provider,
    account: isCard ? null : masked(attached.account),
    isDefault: customerId !== null && (makeDefault || kept === 0),
    createdAt: now,
    removedAt: null,
    detachedAt: null,
  })
}

/** @param kept how many methods the customer has. */
export function tooMany(kept: number): ValidationError {
  return validationError(`you have ${kept} payment methods: allowed are ${MOST_METHODS}; remove one first`)
}

/** `a…@wallet.example`: enough to be told apart by its owner. */
function masked(account: string): string {
  const [name = '', domain] = account.split('@')
  return domain === undefined ? `${name.slice(0, 2)}…` : `${name.slice(0, 1)}…@${domain}`
}

/** What a method is called where people choose one, such as `Visa •••• 4242`. */
export function labelOf({ brand, last4, provider, account }: PaymentMethod): string {
  return brand === null ? `${provider} ${account}` : `${brand} •••• ${last4}`
}
