import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type UserError, type ValidationError, validationError } from '@argyle/kit/user-errors'
import type { GatewayMethod, Refusal } from '../gateway/gateway.ts'
import type { PaymentMethod } from '../generated/prisma/client.ts'

export type { PaymentMethod }

/** Maximum number of methods of a customer. */
export const MAX_METHODS = 20

export type PaymentTokenError = UserError & {
  readonly __typename: 'PaymentTokenError'
  readonly code: string
}
export type PaymentGatewayError = UserError & { readonly __typename: 'PaymentGatewayError' }

/** The gateway refused the token permanently. The message does not repeat the token. */
export function tokenRefused({ code, message }: Refusal): PaymentTokenError {
  return {
    __typename: 'PaymentTokenError',
    code,
    message: `the gateway refused the token: ${message} Allowed is a new token of the gateway, which can be used once`,
    path: ['token'],
  }
}

/** The gateway is unavailable. The client may repeat the request. */
export function gatewayAway(): PaymentGatewayError {
  const message =
    'the payment gateway is unavailable: send the same request again, with the same idempotencyKey'
  return { __typename: 'PaymentGatewayError', message, path: null }
}

export type NewMethod = { readonly id: string; readonly customerId: string | null; readonly gateway: string }

/**
 * A new method. A customer's first method is the default.
 * @param kept number of methods that the customer has already
 */
export function addMethod(
  { id, customerId, gateway }: NewMethod,
  attached: GatewayMethod,
  { kept, makeDefault, now }: { kept: number; makeDefault: boolean; now: Date },
): Decision<PaymentMethod, ValidationError> {
  if (kept >= MAX_METHODS) return refuse(tooMany(kept))
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
    detachDueAt: null,
    orderId: null,
    payerId: null,
  })
}

/** @param kept number of methods that the customer has */
export function tooMany(kept: number): ValidationError {
  return validationError(`you have ${kept} payment methods: allowed are ${MAX_METHODS}; remove one first`)
}

/** Masks a wallet account, e.g. `a…@wallet.example`, so that only its owner recognises it. */
function masked(account: string): string {
  const [name = '', domain] = account.split('@')
  return domain === undefined ? `${name.slice(0, 2)}…` : `${name.slice(0, 1)}…@${domain}`
}

/** The label of a method in a list of choices, e.g. `Visa •••• 4242`. */
export function labelOf({ brand, last4, provider, account }: PaymentMethod): string {
  return brand === null ? `${provider} ${account}` : `${brand} •••• ${last4}`
}
