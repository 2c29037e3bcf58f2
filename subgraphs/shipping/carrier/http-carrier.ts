import { exchange } from '@argyle/kit/exchange'
import { foreignText } from '@argyle/kit/foreign-text'
import { z } from 'zod'
import {
  type Carrier,
  CarrierRefused,
  CarrierUnavailable,
  type LabelAnswer,
  type Tracking,
} from './carrier.ts'

/** Timeout of a call in milliseconds. Afterwards the outcome is looked up by the same key. */
export const CALL_TIMEOUT_MS = 10_000
/**
 * Maximum size of a response in bytes. A typical one has some hundred bytes, and one with 50 tracking events
 * some kilobytes.
 */
const MAX_ANSWER_BYTES = 256 * 1_024
/** Maximum number of tracking events of a parcel. */
const MAX_SCANS = 50

/** Maximum number of characters of a place. The rest is cut. */
const MAX_PLACE_LENGTH = 100
/** Maximum number of characters of a description. The rest is cut. */
const MAX_DESCRIPTION_LENGTH = 300
/** Statuses of the 4xx range that say nothing about the call: a wrong key of the shop, a timeout, too many calls. */
const NOT_THE_CALL = new Set([401, 403, 408, 425, 429])

const instant = z.iso
  .datetime()
  .refine((text) => text >= '1970', { error: 'a time after 1970', abort: true })
  .transform((text) => new Date(text))
const name = (most: number) =>
  z
    .string()
    .max(most)
    .regex(/^[!-~](?:[ -~]*[!-~])?$/)
const labelSchema = z.object({
  id: name(200),
  trackingNumber: name(100),
  trackingUrl: z.url({ protocol: /^https?$/ }).max(2_000),
})
const scanSchema = z.object({
  id: name(200),
  at: instant,
  status: z.enum(['LABEL_CREATED', 'IN_TRANSIT', 'DELIVERED', 'FAILED', 'RETURNED']),
  location: z
    .string()
    .nullable()
    .transform((text) => (text === null ? null : foreignText(text, MAX_PLACE_LENGTH) || null)),
  description: z.string().transform((text) => foreignText(text, MAX_DESCRIPTION_LENGTH)),
})
const problemSchema = z.object({ code: z.string(), message: z.string() })
const voidedSchema = z.object({ id: z.string(), status: z.literal('VOIDED') })
const dispatchedSchema = problemSchema.extend({ code: z.literal('already_dispatched') })
const trackingSchema = z.object({
  status: z.enum(['CREATED', 'VOIDED', 'IN_TRANSIT', 'DELIVERED', 'LOST', 'RETURNED']),
  statusAt: instant,
  dispatchedAt: instant.nullable(),
  // A malformed event must not keep the status from being read.
  scans: z.array(z.unknown()).transform((scans) =>
    scans.slice(0, MAX_SCANS).flatMap((scan) => {
      const read = scanSchema.safeParse(scan)
      return read.success ? [read.data] : []
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
        largestBytes: MAX_ANSWER_BYTES,
      })
      return { status: answer.status, json: JSON.parse(answer.body) }
    } catch (error) {
      throw new CarrierUnavailable(`${method} ${path}: ${reasonOf(error)}`, { cause: error })
    }
  }

  /** Parses a response. @throws CarrierUnavailable if it is malformed */
  function read<S extends z.ZodType>(schema: S, { method, path }: Asked, answer: Answer): z.output<S> {
    const read = schema.safeParse(answer.json)
    if (read.success) return read.data
    throw new CarrierUnavailable(`${method} ${path}: malformed response with status ${answer.status}`)
  }

  return {
    async createLabel(request, key): Promise<LabelAnswer> {
      const asked: Asked = { method: 'POST', path: '/v1/labels', body: request, key }
      const answer = await ask(asked)
      if (answer.status === 422)
        return { type: 'refused', message: read(problemSchema, asked, answer).message }
      if (answer.status !== 200 && answer.status !== 201) throw failureOf(asked, answer.status)
      const { id: labelId, trackingNumber, trackingUrl } = read(labelSchema, asked, answer)
      return { type: 'made', label: { labelId, trackingNumber, trackingUrl } }
    },

    async voidLabel(labelId) {
      const asked: Asked = { method: 'POST', path: `/v1/labels/${encodeURIComponent(labelId)}/void` }
      const answer = await ask(asked)
      // A status alone may be that of a proxy: a label that is taken for voided would be paid for, and could ship.
      if (answer.status === 200 && read(voidedSchema, asked, answer).id === labelId) return 'voided'
      if (answer.status === 409 && read(dispatchedSchema, asked, answer)) return 'dispatched'
      throw failureOf(asked, answer.status)
    },

    async track(labelId): Promise<Tracking> {
      const asked: Asked = { method: 'GET', path: `/v1/labels/${encodeURIComponent(labelId)}` }
      const answer = await ask(asked)
      if (answer.status !== 200) throw failureOf(asked, answer.status)
      const { status, statusAt: at, dispatchedAt, scans } = read(trackingSchema, asked, answer)
      return { state: { status, at, dispatchedAt }, scans }
    },
  }
}

function failureOf({ method, path }: Asked, status: number): Error {
  const message = `${method} ${path}: response with status ${status}`
  const isRefused = status >= 400 && status < 500 && !NOT_THE_CALL.has(status)
  return isRefused ? new CarrierRefused(message) : new CarrierUnavailable(message)
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? `${error.message} (${error.cause.message})` : error.message
}
