import { idSchema } from '@argyle/kit/ids'
import { linesOfText, maybeLinesOfText, tokenOfText } from '@argyle/kit/text'
import { idempotencyKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

/** Lines of a return. */
const MOST_LINES = 100
/** Units of a line of a return. */
const MOST_UNITS = 1_000_000
/** Characters of a reason. */
const LONGEST_REASON = 500

const which = { id: idSchema('ret'), expectedVersion: versionSchema }

const lineBounds = { error: `1 to ${MOST_LINES} lines` }

export const requestReturnInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  orderId: idSchema('ord'),
  lines: z
    .array(z.object({ orderLineId: idSchema('oln'), quantity: z.int().min(1).max(MOST_UNITS) }))
    .refine(({ length }) => length >= 1 && length <= MOST_LINES, lineBounds),
  reason: maybeLinesOfText(LONGEST_REASON)
    .nullish()
    .transform((value) => value ?? null),
})

/** Maximum lengths of the number and secret that are compared. Real ones have 11 and 43 characters. */
const [LONGEST_NUMBER, LONGEST_SECRET] = [40, 100]

/** The order of a guest: the guest return store checks the pair. */
const whichOrder = { number: tokenOfText(LONGEST_NUMBER), secret: tokenOfText(LONGEST_SECRET) }

export const requestGuestReturnInput = requestReturnInput.omit({ orderId: true }).extend(whichOrder)

export const cancelGuestReturnInput = z.object({ ...which, ...whichOrder })

/** The input of `approveReturn` and `cancelReturn`. */
export const whichReturnInput = z.object(which)

export const rejectReturnInput = z.object({ ...which, rejection: linesOfText(LONGEST_REASON) })

export const receiveReturnInput = z.object({
  ...which,
  lines: z
    .array(
      z.object({
        orderLineId: idSchema('oln'),
        quantity: z.int().min(0).max(MOST_UNITS),
        restock: z.boolean(),
        warehouseId: idSchema('whs').nullish(),
      }),
    )
    .refine(({ length }) => length >= 1 && length <= MOST_LINES, lineBounds),
})

export type RequestReturn = z.output<typeof requestReturnInput>
export type RequestGuestReturn = z.output<typeof requestGuestReturnInput>
export type CancelGuestReturn = z.output<typeof cancelGuestReturnInput>
