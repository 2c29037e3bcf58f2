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
const name = z
  .string()
  .trim()
  .regex(/^\P{Cc}{1,100}$/u, { error: '1 to 100 characters on one line' })

/** The form of a `CreateWarehouseInput`. */
export const newWarehouseSchema = z.object({
  idempotencyKey: idempotencyKeySchema,
  code,
  name,
  stocksNewVariants: z.boolean(),
})

export type NewWarehouse = z.output<typeof newWarehouseSchema>
