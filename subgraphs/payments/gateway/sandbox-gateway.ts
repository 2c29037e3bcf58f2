import { accept, refuse } from '@argyle/kit/decision'
import { exchange } from '@argyle/kit/exchange'
import { z } from 'zod'
import {
  CALL_MS,
  type Changed,
  failedRefund,
  type Gateway,
  type GatewayMethod,
  type GatewayRefund,
  GatewayUnavailable,
  type Hint,
  type Known,
  NEWS,
  type Refusal,
  type Snapshot,
  snapshotOf,
} from './gateway.ts'
import { readSignedWebhook } from './webhook-signature.ts'

export type SandboxSettings = {
  readonly url: string
  readonly key: string
  readonly webhookSecret: string
  /** Base URL of the gateway for browsers. */
  readonly publicUrl: string
  /** URL to which customers return after authentication; null: the gateway's own page. */
  readonly returnUrl: string | null
  /** Timeout of a call, in milliseconds. */
  readonly callMs?: number
}

/** Maximum size of a response in bytes. A payment has some hundred. */
const MAX_ANSWER_BYTES = 256 * 1_024

const minor = z.string().transform(BigInt)

const paymentSchema = z.object({
  id: z.string(),
  status: z.enum(['REQUIRES_ACTION', 'AUTHORIZED', 'CAPTURED', 'VOIDED', 'DECLINED']),
  capturedMinor: minor,
  actionUrl: z.string().nullable(),
  authorizedUntil: z.iso.datetime().nullable(),
  failure: z.object({ code: z.string(), message: z.string(), retryable: z.boolean() }).nullable(),
  failedRefunds: z.array(z.object({ key: z.string(), code: z.string(), message: z.string() })).default([]),
  disputes: z.array(z.object({ id: z.string(), amountMinor: minor, reason: z.string(), status: z.string() })),
})

const sourceSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('CARD'),
    id: z.string(),
    brand: z.string(),
    last4: z.string(),
    expMonth: z.int(),
    expYear: z.int(),
  }),
  z.object({ kind: z.literal('WALLET'), id: z.string(), provider: z.string(), account: z.string() }),
])

const errorSchema = z.object({ error: z.object({ code: z.string(), message: z.string() }) })
const hintSchema = z.object({
  type: z.string().optional(),
  paymentId: z.string(),
  reference: z.string(),
  status: z.enum(NEWS).optional().catch(undefined),
})

const answeredSchema = z.object({
  isDone: z.boolean(),
  failure: z.object({ code: z.string(), message: z.string() }).nullish(),
})
/** The sandbox makes a refund at once. */
const MADE: GatewayRefund = { status: 'SUCCEEDED', failure: null }

function hintOf(event: unknown): Hint | null {
  const read = hintSchema.safeParse(event)
  if (!read.success) return null
  const { type, paymentId: ref, reference: orderId, status } = read.data
  // Webhooks of other types are about a refund or a dispute, which the status of the payment does not show.
  return { ref, orderId, ...(type === 'payment.changed' && status && { status }) }
}

/** A permanent refusal: a 4xx response of the API. */
class Refused extends Error {
  readonly refusal: Refusal

  constructor(refusal: Refusal) {
    super(refusal.message)
    this.refusal = refusal
  }
}

/** Reads a response. @throws GatewayUnavailable for one of another form, such as that of a proxy: it tells nothing about the call */
function read<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body)
  if (parsed.success) return parsed.data
  throw new GatewayUnavailable('the gateway sent a malformed response', { cause: parsed.error })
}

function snapshotFrom(body: unknown): Snapshot {
  const { id, status, capturedMinor, actionUrl, authorizedUntil, failure, disputes, failedRefunds } = read(
    paymentSchema,
    body,
  )
  return {
    ref: id,
    status,
    capturedMinor,
    actionUrl,
    authorizedUntil: authorizedUntil === null ? null : new Date(authorizedUntil),
    failure,
    disputes: disputes.map(({ id: ref, ...rest }) => ({ ref, ...rest })),
    failedRefunds: failedRefunds.map(({ key, ...why }) => ({ key, failure: { ...why, retryable: false } })),
  }
}

function methodFrom(body: unknown): GatewayMethod {
  const { id: ref, ...shown } = read(sourceSchema, body)
  return { ref, ...shown }
}

/** Client of the sandbox gateway in `sandbox-gateway/`, over HTTP. */
export function sandboxGateway(settings: SandboxSettings): Gateway {
  const call = caller(settings)
  const change = async (payment: Known, path: string, body: object): Promise<Changed> => {
    try {
      const answer = await call('POST', `/v1/payments/${payment.ref}${path}`, { key: payment.key, body })
      return { snapshot: snapshotFrom(answer), refusal: null }
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      // A key always returns its first response, so the current state is read separately.
      return { snapshot: await fetchPayment(payment.ref), refusal: error.refusal }
    }
  }
  const fetchPayment = async (ref: string) => snapshotFrom(await call('GET', `/v1/payments/${ref}`))
  const responseOf = async (key: string) => read(answeredSchema, await call('GET', `/v1/keys/${key}`))
  return {
    name: 'sandbox',
    browser: { tokenUrl: `${settings.publicUrl}/v1/tokens`, publishableKey: null },

    async attach({ key, token }) {
      try {
        return accept(methodFrom(await call('POST', '/v1/sources', { key, body: { token } })))
      } catch (error) {
        if (error instanceof Refused) return refuse(error.refusal)
        throw error
      }
    },

    async detach(ref) {
      read(z.literal(''), await call('DELETE', `/v1/sources/${ref}`))
    },

    async authorize({ key, methodRef, amount, orderId }) {
      const body = {
        source: methodRef,
        amountMinor: String(amount.minor),
        currency: amount.currency,
        reference: orderId,
        returnUrl: settings.returnUrl,
      }
      try {
        return snapshotFrom(await call('POST', '/v1/payments', { key, body }))
      } catch (error) {
        if (!(error instanceof Refused)) throw error
        const { refusal: failure } = error
        return snapshotOf('DECLINED', { failure })
      }
    },

    capture: (payment) => change(payment, '/capture', { amountMinor: String(payment.amount.minor) }),
    void: (payment) => change(payment, '/void', {}),

    async refund({ ref, key, attempt, amount, reason, replaces }) {
      const body = { amountMinor: String(amount.minor), reason }
      try {
        for (const earlier of replaces) if ((await responseOf(earlier)).isDone) return MADE
        // A key always returns its first response.
        const failure = attempt > 1 ? (await responseOf(key)).failure : null
        if (failure) return failedRefund({ ...failure, retryable: false })
        read(paymentSchema, await call('POST', `/v1/payments/${ref}/refunds`, { key, body }))
        return MADE
      } catch (error) {
        if (error instanceof Refused) return failedRefund(error.refusal)
        throw error
      }
    },

    fetch: fetchPayment,

    async readWebhook({ body, headers }) {
      const header = headers['sandbox-signature']
      const event = readSignedWebhook(body, String(header ?? ''), settings.webhookSecret, new Date())
      return hintOf(event)
    },
  }
}

type Call = { readonly key?: string; readonly body?: object }

function caller({ url, key: secret, callMs = CALL_MS }: SandboxSettings) {
  return async (method: string, path: string, { key, body }: Call = {}): Promise<unknown> => {
    const headers = {
      authorization: `Bearer ${secret}`,
      ...(key === undefined ? {} : { 'idempotency-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    }
    const { status, body: text } = await exchange(url + path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      timeoutMs: callMs,
      largestBytes: MAX_ANSWER_BYTES,
    }).catch((error) => {
      throw new GatewayUnavailable(`${method} ${path} got no response`, { cause: error })
    })
    if (status === 204) return text
    if (status >= 200 && status < 300) return jsonOf(text)
    const refused = status < 500 && status !== 429 && status !== 408
    const parsed = errorSchema.safeParse(refused ? jsonOf(text) : undefined)
    // A wrong secret key is a configuration error of the shop, so it must not decline the payment.
    if (!parsed.success || status === 401)
      throw new GatewayUnavailable(`${method} ${path} got a response with status ${status}`)
    throw new Refused({ ...parsed.data.error, retryable: false })
  }
}

/** Undefined where the text is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
