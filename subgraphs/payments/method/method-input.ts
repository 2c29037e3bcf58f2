import { idSchema } from '@argyle/kit/ids'
import { guestKeySchema, idempotencyKeySchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

/** The digits of a card number with common separators. */
const CARD_NUMBER = /^\d(?:[ -]?\d){11,18}$/

/**
 * A token of the gateway, such as `tok_…`, `pm_…`. The error for a card number does not repeat it, so that no
 * response or log contains one.
 */
const token = z.string().superRefine((value, context) => {
  const isToken = /^[A-Za-z0-9_.-]{8,200}$/.test(value) && !CARD_NUMBER.test(value)
  if (!isToken)
    context.addIssue({
      code: 'custom',
      message: 'a token of the gateway: 8 to 200 letters, digits, _, . and -; never a card number',
      input: CARD_NUMBER.test(value.trim()) ? '(a card number)' : value,
    })
})

const added = { token, makeDefault: z.boolean().default(false) }

export const addPaymentMethodInput = z.object({ idempotencyKey: idempotencyKeySchema, ...added })
/** The same for guests, who share one principal. */
export const addGuestPaymentMethodInput = z.object({ idempotencyKey: guestKeySchema, ...added })

const chosen = z.object({ idempotencyKey: idempotencyKeySchema, paymentMethodId: idSchema('pmt') })

export const setDefaultPaymentMethodInput = chosen
export const removePaymentMethodInput = chosen
