// Tested in ../gateway/sandbox-gateway.int.test.ts: the test calls the sandbox over HTTP.

import type { ClientBase } from 'pg'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { lockPayment, type PaymentRow } from './rows.ts'

/** An amount in minor units. */
export const minor = z.string().regex(/^[1-9]\d{0,15}$/)

/** Parses a body. @throws ApiError */
export function read<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  throw new ApiError(422, 'invalid_request', z.prettifyError(result.error))
}

/** Locks the payment of a request. @throws ApiError if it does not exist */
export async function locked(client: ClientBase, id: string): Promise<PaymentRow> {
  const payment = await lockPayment(client, { id })
  if (payment) return payment
  throw new ApiError(404, 'payment_unknown', 'The payment does not exist.')
}
