import { exchange } from '@argyle/kit/exchange'
import { z } from 'zod'
import { type Carrier, CarrierUnavailable, type LabelAnswer, type Tracking } from './carrier.ts'

/** Timeout of a call in milliseconds. Afterwards the outcome is looked up by the same key. */
export const CALL_TIMEOUT_MS = 10_000
/**
 * Maximum size of a response in bytes. A typical one has some hundred bytes, and one with 50 tracking events
 * some kilobytes.
 */
const LARGEST_ANSWER_BYTES = 256 * 1_024
/** Maximum number of tracking events of a parcel. */
const MOST_SCANS = 50

const instant = z.iso.datetime().transform((text) => new Date(text))
const labelSchema = z.object({
  id: z.string().min(1),
  trackingNumber: z.string().min(1),
  trackingUrl: z.string().min(1),
})
const problemSchema = z.object({ code: z.string(), message: z.string() })
const trackingSchema = z.object({
  status: z.enum(['CREATED', 'VOIDED', 'IN_TRANSIT', 'DELIVERED', 'LOST', 'RETURNED']),
  statusAt: instant,
  dispatchedAt: instant.nullable(),
  scans: z.array(
    z.object({
      id: z.string().min(1),
      at: instant,
      status: z.enum(['LABEL_CREATED', 'IN_TRANSIT', 'DELIVERED', 'FAILED', 'RETURNED']),
      location: z.string().nullable(),
      description: z.string(),
    }),
  ),
})

type Options = {
  readonly url: string
  readonly apiKey: Uint8Array
  readonly timeoutMs?: number
}

type Asked = {
  readonly method: 'GET' | 'POST'
  readonly path: string
  readonly body?: unknown
  readonly key?: string
}
type Answer = { readonly status: number; readonly json: unknown }

/** A carrier over HTTP, with the API that `simulated-carrier/` implements. */
export function httpCarrier({ url, apiKey, timeoutMs = CALL_TIMEOUT_MS }: Options): Carrier {
  const authorization = `Bearer ${Buffer.from(apiKey).toString('base64url')}`

  async function ask({ method, path, body, key }: Asked): Promise<Answer> {
    const headers = {
      authorization,
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...(key && { 'idempotency-key': key }),
    }
    try {
      const answer = await exchange(new URL(path, url), {
        method,
        headers,
        body: body === undefined ? undefined : JSON.stringify(body),
        timeoutMs,
        largestBytes: LARGEST_ANSWER_BYTES,
      })
      return { status: answer.status, json: JSON.parse(answer.body) }
    } catch (error) {
      throw new CarrierUnavailable(`${method} ${path}: ${reasonOf(error)}`, { cause: error })
    }
  }

  /** Parses a response. @throws CarrierUnavailable if it is malformed */
  function read<S extends z.ZodType>(schema: S, { method, path }: Asked, answer: Answer): z.output<S> {
    const read = schema.safeParse(answer.json)
    if (read.success && answer.status < 500) return read.data
    throw new CarrierUnavailable(`${method} ${path}: malformed response with status ${answer.status}`)
  }

  return {
    async createLabel(request, key): Promise<LabelAnswer> {
      const asked: Asked = { method: 'POST', path: '/v1/labels', body: request, key }
      const answer = await ask(asked)
      if (answer.status === 422)
        return { type: 'refused', message: read(problemSchema, asked, answer).message }
      if (answer.status !== 200 && answer.status !== 201)
        throw new CarrierUnavailable(`POST /v1/labels: response with status ${answer.status}`)
      const { id: labelId, trackingNumber, trackingUrl } = read(labelSchema, asked, answer)
      return { type: 'made', label: { labelId, trackingNumber, trackingUrl } }
    },

    async voidLabel(labelId) {
      const asked: Asked = { method: 'POST', path: `/v1/labels/${encodeURIComponent(labelId)}/void` }
      const { status } = await ask(asked)
      if (status === 200) return 'voided'
      if (status === 409) return 'dispatched'
      throw new CarrierUnavailable(`${asked.method} ${asked.path}: response with status ${status}`)
    },

    async track(labelId): Promise<Tracking> {
      const asked: Asked = { method: 'GET', path: `/v1/labels/${encodeURIComponent(labelId)}` }
      const answer = await ask(asked)
      if (answer.status !== 200)
        throw new CarrierUnavailable(`${asked.method} ${asked.path}: response with status ${answer.status}`)
      const { status, statusAt: at, dispatchedAt, scans } = read(trackingSchema, asked, answer)
      return { state: { status, at, dispatchedAt }, scans: scans.slice(0, MOST_SCANS) }
    },
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
