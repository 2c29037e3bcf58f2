import { lineOfText } from '@argyle/kit/text'
import { idempotencyKeySchema } from '@argyle/kit/user-errors'
import { z } from 'zod'

/** A place that holds stock. */
export type Warehouse = {
  readonly id: string
  readonly code: string
  readonly name: string
  readonly stocksNewVariants: boolean
}

const code = z.string().regex(/^[A-Z0-9-]{2,16}$/, { error: '2 to 16 of A-Z, 0-9 and -' })

/** The form of a `CreateWarehouseInput`. */
export const newWarehouseSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  code,
  name: lineOfText(100),
  stocksNewVariants: z.boolean(),
})

export type NewWarehouse = z.output<typeof newWarehouseSchema>
