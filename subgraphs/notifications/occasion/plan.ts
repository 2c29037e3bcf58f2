import { isCurrency } from '@argyle/kit/money'
import { languageOf } from '../message/format.ts'
import { type Facts, type Message, type OrderFacts, type Style, write } from '../message/message.ts'
import type { ChannelInUse } from '../preference/policy.ts'
import { type Details, expiryOf, type Kind } from './occasion.ts'

/** The order of an occasion as it is known here. */
export type KnownOrder = {
  readonly number: string
  readonly customerId: string | null
  readonly email: string | null
  readonly claimedBy: string | null
  readonly countryCode: string
  readonly currency: string
  readonly totalMinor: string
  readonly lines: OrderFacts['lines']
  readonly sequence: number
}

export type KnownPerson = {
  readonly email: string | null
  /** The address that the account has proved; it may be another one than `email`. */
  readonly verifiedEmail: string | null
  readonly displayName: string
  /** Whether a browser has subscribed to the account's messages. */
  readonly hasPush: boolean
  /** The number for text messages; null if there is none. */
  readonly phone: string | null
  /** Whether the person consents to tracking pixels in campaigns. */
  readonly allowsOpenTracking: boolean
}

/** An occasion with the known data of its order and person. */
export type Case = {
  readonly id: string
  readonly orderId: string | null
  readonly userId: string | null
  readonly details: Details
  readonly order: KnownOrder | null
  readonly person: KnownPerson | null
}

/** A message by one channel, to be saved. */
export type Planned = {
  readonly recipient: string
  readonly userId: string | null
  readonly kind: Kind
  readonly channel: ChannelInUse
  readonly address: string | null
  readonly language: Style['language']
  readonly message: Message
  readonly expiresAt: Date | null
}

export type Plan =
  /**
   * The occasion is tried again: its recipient is not in the copies yet, or it cannot be planned for another
   * reason.
   */
  | { readonly type: 'wait'; readonly note?: string }
  | { readonly type: 'drop'; readonly note: string }
  | { readonly type: 'send'; readonly messages: readonly Planned[] }

type Setting = Omit<Style, 'language'> & { readonly now: Date }

/** Decides who is notified of an occasion, by which channels, and with which texts. */
export function plan(occasion: Case, { now, ...style }: Setting): Plan {
  const { details, orderId, order, person } = occasion
  if (orderId !== null && !(order && order.sequence > 0)) return { type: 'wait' }
  const userId = occasion.userId ?? order?.claimedBy ?? order?.customerId ?? null
  const own = 'email' in details ? (details.email ?? null) : null
  if (userId !== null && !person && own === null) return { type: 'wait' }
  const known = userId === null ? (order?.email ?? null) : (person?.email ?? null)
  const isDeleted = person !== null && person.email === null
  const email = own !== null && !isDeleted ? own : known
  if (email === null) return { type: 'drop', note: 'the account is deleted' }
  const expiresAt = expiryOf(details)
  if (expiresAt && expiresAt <= now) return { type: 'drop', note: 'it was too late' }
  // An account may have another's address, and any name, until it proves the address.
  const isProved = person !== null && person.verifiedEmail === email
  if (details.kind === 'CAMPAIGN' && !isProved)
    return { type: 'drop', note: 'the account has not verified its address' }
  const language = 'language' in details ? details.language : languageOf(order?.countryCode ?? '')
  const { displayName = '', allowsOpenTracking = false } = person ?? {}
  const name = isProved ? displayName : ''
  const facts: Facts = { details, name, order: order && factsOf(order), allowsOpenTracking }
  const message = write(facts, { ...style, language })
  const common = { recipient: userId ?? email, userId, kind: details.kind, language, message, expiresAt }
  const mail: Planned = { ...common, channel: 'EMAIL', address: email }
  if ('phone' in details)
    return { type: 'send', messages: [{ ...common, channel: 'SMS', address: details.phone }] }
  const isOfAddress = 'sealedToken' in details || details.kind === 'EMAIL_CHANGED'
  const isByMailAlone = userId === null || isOfAddress || details.kind === 'CAMPAIGN'
  if (isByMailAlone) return { type: 'send', messages: [mail] }
  const list: Planned = { ...common, channel: 'IN_APP', address: null }
  const push: Planned[] = person?.hasPush ? [{ ...common, channel: 'PUSH', address: null }] : []
  const phone = person?.phone ?? null
  const sms: Planned[] = phone === null ? [] : [{ ...common, channel: 'SMS', address: phone }]
  return { type: 'send', messages: [list, mail, ...push, ...sms] }
}

function factsOf({ number, currency, totalMinor, lines }: KnownOrder): OrderFacts {
  // The copy holds currencies of the shop only.
  return { number, currency: isCurrency(currency) ? currency : 'USD', totalMinor: BigInt(totalMinor), lines }
}
