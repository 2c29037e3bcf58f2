import { lineOfText } from '@argyle/kit/text'
import { idempotencyKeySchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

const code = z.string().regex(/^[A-Z0-9-]{2,16}$/, { error: '2 to 16 of A-Z, 0-9 and -' })

export const createWarehouseInput = z.object({
  idempotencyKey: idempotencyKeySchema,
  code,
  name: lineOfText(100),
  stocksNewVariants: z.boolean(),
})

export type NewWarehouse = z.output<typeof createWarehouseInput>
