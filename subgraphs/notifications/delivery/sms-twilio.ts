import type { NotificationSettings } from '../settings.ts'
import type { Outcome } from './delivery.ts'
import type { Sms, SmsChannel } from './sms.ts'

/** Time limit for the answer of Twilio. */
const MAX_ANSWER_MS = 10_000
/** Connections to Twilio. */
const CONNECTIONS = 10
/** Characters of a reason. */
const MAX_REASON_LENGTH = 500
/** Messages to one number that are searched before a message is sent again. */
const LOOKED_THROUGH = 20
/** The clocks of two machines may differ by this much. */
const CLOCK_SKEW_MS = 60_000

/** Error codes of Twilio about the number: not valid, not mobile, not reachable, and STOP was answered. */
const STOPPING_CODES: readonly number[] = [21211, 21217, 21610, 21614]

/** An error of the library. */
type Failure = { readonly message?: string; readonly status?: number; readonly code?: number | string }

function outcomeOf(error: unknown): Outcome {
  const { message, status, code } = error as Failure
  const reason = `${code ?? status ?? ''} ${message ?? error}`.trim().slice(0, MAX_REASON_LENGTH)
  // 401 and 403 are errors of the shop's settings, after whose correction the message can be sent. An error without a code is not
  // Twilio's, but a proxy's.
  const isFinal =
    status !== undefined &&
    status >= 400 &&
    status < 500 &&
    ![401, 403, 408, 429].includes(status) &&
    code !== undefined
  if (!isFinal) return { type: 'later', reason }
  return { type: 'refused', reason, stopsAddress: STOPPING_CODES.includes(Number(code)) }
}

/** Sends text messages by Twilio's official library, which is loaded with the first one. */
export function twilioChannel(settings: NotificationSettings, mostMs = MAX_ANSWER_MS): SmsChannel {
  let client: ReturnType<typeof openClient> | null = null
  const opened = () => {
    client ??= openClient(settings, mostMs)
    return client
  }
  const { TWILIO_SENDER: sender } = settings
  const from = sender.startsWith('MG') ? { messagingServiceSid: sender } : { from: sender }

  /**
   * Twilio has no idempotency key. After a lost answer, the message is searched for before it is sent again.
   */
  async function isThere({ to, text, queuedAt }: Sms): Promise<boolean> {
    const dateSentAfter = new Date(queuedAt.getTime() - CLOCK_SKEW_MS)
    const { messages } = await opened()
    const sent = await messages.list({ to, dateSentAfter, limit: LOOKED_THROUGH })
    return sent.some(({ body }) => body === text)
  }

  return {
    async send(sms) {
      try {
        if (sms.attempts > 1 && (await isThere(sms))) return { type: 'sent' }
        const { messages } = await opened()
        // The library's type promises an id; a proxy that answers 200 does not.
        const { sid }: { sid?: unknown } = await messages.create({ to: sms.to, body: sms.text, ...from })
        return sid ? { type: 'sent' } : { type: 'later', reason: 'the answer is not that of Twilio' }
      } catch (error) {
        return outcomeOf(error)
      }
    },
  }
}

async function openClient(
  {
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: authToken,
    TWILIO_API_URL: apiUrl,
  }: NotificationSettings,
  timeout: number,
) {
  const { default: twilio } = await import('twilio')
  /** The library knows the hosts of Twilio only. */
  class Client extends twilio.RequestClient {
    override request<T>(options: Parameters<typeof twilio.RequestClient.prototype.request<T>>[0]) {
      const { pathname, search } = new URL(options.uri)
      return super.request<T>({ ...options, uri: new URL(`${pathname}${search}`, apiUrl).href })
    }
  }
  const httpClient = new Client({ timeout, maxSockets: CONNECTIONS, autoRetry: false })
  return twilio(accountSid, authToken, { httpClient })
}
