import type { SmsChannel } from './sms.ts'

/** Time limit for the answer of the sink. */
const MAX_ANSWER_MS = 10_000

/** Sends text messages to the development mailbox, which shows them on its page. */
export function sinkChannel(url: string, mostMs = MAX_ANSWER_MS): SmsChannel {
  return {
    async send({ id, to, text }) {
      try {
        const response = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ id, to, text }),
          redirect: 'manual',
          signal: AbortSignal.timeout(mostMs),
        })
        await response.body?.cancel()
        if (response.ok) return { type: 'sent' }
        const reason = `the sink answered ${response.status}`
        return response.status >= 500 ? { type: 'later', reason } : { type: 'refused', reason }
      } catch (error) {
        return { type: 'later', reason: `the sink was not reached: ${error}`.slice(0, 500) }
      }
    },
  }
}
