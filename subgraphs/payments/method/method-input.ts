import { idSchema } from '@argyle/kit/ids'
import { guestKeySchema, idempotencyKeySchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

/** The digits of a card number, with what people write between them. */
const CARD_NUMBER = /^\d(?:[ -]?\d){11,18}$/

/** A gateway's token, such as `tok_…`, `pm_…`. A card number is refused without being echoed: no answer and no log repeats it. */
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
/** As above, for a guest, who shares a principal with all other guests. */
export const addGuestPaymentMethodInput = z.object({ idempotencyKey: guestKeySchema, ...added })

const chosen = z.object({ idempotencyKey: idempotencyKeySchema, paymentMethodId: idSchema('pmt') })

export const setDefaultPaymentMethodInput = chosen
export const removePaymentMethodInput = chosen
