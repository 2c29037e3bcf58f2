import { idSchema } from '@argyle/kit/ids'
import { linesOfText, maybeLinesOfText, tokenOfText } from '@argyle/kit/text'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

/** Lines of a return. */
const MAX_LINES = 100
/** Units of a line of a return. */
const MAX_UNITS = 1_000_000
/** Characters of a reason. */
const MAX_REASON_LENGTH = 500

const which = { id: idSchema('ret'), expectedVersion: versionSchema }

const lineBounds = { error: `1 to ${MAX_LINES} lines` }

export const requestReturnInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  orderId: idSchema('ord'),
  lines: z
    .array(z.object({ orderLineId: idSchema('oln'), quantity: z.int().min(1).max(MAX_UNITS) }))
    .refine(({ length }) => length >= 1 && length <= MAX_LINES, lineBounds),
  reason: maybeLinesOfText(MAX_REASON_LENGTH)
    .nullish()
    .transform((value) => value ?? null),
})

/** Maximum lengths of the number and secret that are compared. Real ones have 11 and 43 characters. */
const [MAX_NUMBER_LENGTH, MAX_SECRET_LENGTH] = [40, 100]

/** The order of a guest: the guest return store checks the pair. */
const whichOrder = { number: tokenOfText(MAX_NUMBER_LENGTH), secret: tokenOfText(MAX_SECRET_LENGTH) }

export const requestGuestReturnInput = requestReturnInput.omit({ orderId: true }).extend(whichOrder)

export const cancelGuestReturnInput = z.object({ ...which, ...whichOrder })

/** The input of `approveReturn` and `cancelReturn`. */
export const whichReturnInput = z.object(which)

export const rejectReturnInput = z.object({ ...which, rejection: linesOfText(MAX_REASON_LENGTH) })

export const receiveReturnInput = z.object({
  ...which,
  lines: z
    .array(
      z.object({
        orderLineId: idSchema('oln'),
        quantity: z.int().min(0).max(MAX_UNITS),
        restock: z.boolean(),
        warehouseId: idSchema('whs').nullish(),
      }),
    )
    .refine(({ length }) => length >= 1 && length <= MAX_LINES, lineBounds),
})

export type RequestReturn = z.output<typeof requestReturnInput>
export type RequestGuestReturn = z.output<typeof requestGuestReturnInput>
export type CancelGuestReturn = z.output<typeof cancelGuestReturnInput>
