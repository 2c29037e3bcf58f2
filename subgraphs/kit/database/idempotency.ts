import { createHash } from 'node:crypto'
import { type Decision, refuse } from '../errors/decision.ts'
import {
  type IdempotencyKeyReusedError,
  idempotencyKeyReused,
  type ValidationError,
  validationError,
} from '../errors/user-errors.ts'
import { failpoint } from '../service/failpoint.ts'
import type { Tx } from './database.ts'

/**
 * An idempotency key with its caller and mutation. `request` is the whole input: the key is refused with
 * another input. `answer` is the value that the work will accept, where it is known beforehand, such as the id
 * of the row to be changed or inserted: the key's row is then written once.
 */
export type Claim = {
  readonly principal: string
  readonly mutation: string
  readonly key: string
  readonly request: unknown
  readonly answer?: string
}

const CLAIM = `
INSERT INTO idempotency_record (principal, mutation, key, request_hash, response) VALUES ($1, $2, $3, $4, $5::jsonb)
ON CONFLICT DO NOTHING`
const RECALL = `
SELECT request_hash AS hash, response FROM idempotency_record WHERE principal = $1 AND mutation = $2 AND key = $3`
const KEEP = `
UPDATE idempotency_record SET response = $4::jsonb WHERE principal = $1 AND mutation = $2 AND key = $3`
const FORGET = 'DELETE FROM idempotency_record WHERE principal = $1 AND mutation = $2 AND key = $3'

/** JSON with sorted keys: the order in which a client writes fields does not change the request. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner === 'bigint') return String(inner)
    if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) return inner
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
  })
}

/**
 * Runs a mutation at most once per (principal, mutation, key), inside the business transaction. The key's row
 * is inserted first, so a concurrent call with the same key waits for the first and returns its result.
 * Refusals are not stored: the caller may fix the input and send the same key again.
 * @param run does the work. Its accepted value must survive JSON: return ids, and load the rows afterwards.
 */
export async function idempotent<R, E>(
  tx: Tx,
  { principal, mutation, key, request, answer }: Claim,
  run: () => Promise<Decision<R, E>>,
): Promise<Decision<R, E | IdempotencyKeyReusedError>> {
  const hash = createHash('sha256').update(canonical(request)).digest('base64url')
  const row = [principal, mutation, key] as const
  const foreseen = JSON.stringify(answer ?? null)
  const claimed = await tx.$executeRawUnsafe(CLAIM, ...row, hash, foreseen)
  if (claimed === 0) {
    const [before] = await tx.$queryRawUnsafe<{ hash: string; response: R }[]>(RECALL, ...row)
    if (before?.hash !== hash) return refuse(idempotencyKeyReused(key))
    return { ok: true, value: before.response }
  }
  const decision = await run()
  const stored = decision.ok ? JSON.stringify(decision.value) : null
  if (stored === null) await tx.$executeRawUnsafe(FORGET, ...row)
  else if (stored !== foreseen) await tx.$executeRawUnsafe(KEEP, ...row, stored)
  failpoint('idempotency.kept')
  return decision
}

/**
 * Loads the row whose id an idempotent mutation accepted. A repeated key may name a row that has been
 * deleted; that is a typed error, since a payload with neither a value nor an error would be meaningless.
 */
export async function loadAccepted<T, E>(
  decision: Decision<string, E>,
  load: (id: string) => PromiseLike<T | null>,
): Promise<Decision<T, E | ValidationError>> {
  if (!decision.ok) return decision
  const value = await load(decision.value)
  if (value !== null) return { ok: true, value }
  const message =
    'the request was executed before, but its result was deleted since: send a new idempotencyKey to repeat it'
  return refuse(validationError(message, ['idempotencyKey']))
}
