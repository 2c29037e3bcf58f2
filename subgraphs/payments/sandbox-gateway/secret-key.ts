// Tested in ../gateway/sandbox-gateway.int.test.ts: the test calls the sandbox over HTTP.

import { timingSafeEqual } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { ApiError } from './api-error.ts'

/** Refuses a request without the secret key of the shop. @throws ApiError */
export function requireKey(request: FastifyRequest, key: string): void {
  const given = Buffer.from(request.headers.authorization ?? '')
  const expected = Buffer.from(`Bearer ${key}`)
  if (given.length !== expected.length || !timingSafeEqual(given, expected))
    throw new ApiError(401, 'unauthorized', 'The secret key is wrong.')
}
