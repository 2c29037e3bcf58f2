// Tested in ../sms.int.test.ts: the test uses HTTP servers.
import type { NotificationSettings } from '../settings.ts'
import type { Outcome } from './delivery.ts'
import { sinkChannel } from './sms-sink.ts'
import { twilioChannel } from './sms-twilio.ts'

/** A text message. `id` is that of the notification. */
export type Sms = {
  readonly id: string
  /** In the form of E.164. */
  readonly to: string
  readonly text: string
  readonly queuedAt: Date
  /** Number of attempts, including this one. */
  readonly attempts: number
}

/** A channel that sends text messages. */
export type SmsChannel = { send(sms: Sms): Promise<Outcome> }

const NONE: Outcome = { type: 'suppressed', reason: 'no gateway for text messages is set (SMS_GATEWAY)' }

/** The gateway of the settings. */
export function smsChannel(settings: NotificationSettings): SmsChannel {
  switch (settings.SMS_GATEWAY) {
    case 'twilio':
      return twilioChannel(settings)
    case 'sink':
      return sinkChannel(settings.SMS_SINK_URL)
    case 'none':
      return { send: async () => NONE }
  }
}
