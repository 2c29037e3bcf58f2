import { newId } from '@argyle/kit/ids'
import type { ServedSubgraph } from '@argyle/kit/serve'
import { serveWithoutTimers } from '@argyle/kit/testing/served'
import { customer } from '@argyle/kit/testing/subgraph'
import { expect } from 'vitest'
import { tagKeyOf, tagOf } from '../mail/ticket-tag.ts'
import { support } from '../subgraph.ts'
import { anAgent, type OpenSupport, openSupport } from './open-support.ts'

const KEY = Buffer.alloc(32, 7)
const settings = { SUPPORT_MAIL_KEY: KEY.toString('base64url'), SUPPORT_MAIL_SERVER: 'mx.argyle.example' }

type Written = {
  readonly from: string
  readonly to?: string
  readonly subject?: string
  readonly text?: string
  readonly id?: string
  readonly headers?: readonly string[]
  readonly isAuthentic?: boolean
}

/** The subgraph with e-mails turned on, and a clock that the test sets. */
export function mailShop() {
  let shop: OpenSupport
  let served: ServedSubgraph
  let now = new Date('2026-11-02T08:00:00.000Z')

  let last = 0
  /** An address that no other test has. */
  function anAddress(): string {
    last += 1
    return `guest${last}@mail.example`
  }

  /** An e-mail as a mail server hands it on (RFC 5322). */
  function anEmail({
    from,
    to = 'support@argyle.example',
    subject = 'Where is my parcel?',
    ...rest
  }: Written) {
    const {
      text = 'It has not come yet.',
      id = `${newId('msg')}@mail.example`,
      headers = [],
      isAuthentic,
    } = rest
    const trace = isAuthentic
      ? [`Authentication-Results: mx.argyle.example; spf=pass; dmarc=pass header.from=${from.split('@')[1]}`]
      : []
    const head = [`From: Ada <${from}>`, `To: ${to}`, `Subject: ${subject}`, `Message-ID: <${id}>`]
    return [...trace, ...head, ...headers, '', text].join('\r\n')
  }

  async function send(email: string, headers: Record<string, string> = {}) {
    const response = await fetch(new URL('/mail', served.url), {
      method: 'POST',
      body: email,
      headers: {
        'content-type': 'message/rfc822',
        authorization: `Bearer ${settings.SUPPORT_MAIL_KEY}`,
        ...headers,
      },
    })
    // The subgraph's own answer.
    const body = (await response.json().catch(() => ({}))) as {
      result?: string
      reason?: string
      ticketId?: string
    }
    return { status: response.status, ...body }
  }
  const opened = async (email: Written): Promise<string> => {
    const { result, ticketId = '' } = await send(anEmail(email))
    expect(result).toBe('OPENED')
    return ticketId
  }
  const addressOf = (ticketId: string) => `support+${tagOf(tagKeyOf(KEY), ticketId)}@argyle.example`
  const seen = (id: string) =>
    shop.seen(
      id,
      anAgent(),
      'subject status guestEmail customer { id } messages { edges { node { kind body author { id } } } }',
    )
  const bodiesOf = async (id: string): Promise<string[]> =>
    (await seen(id)).messages.edges.map(({ node }: { node: { body: string } }) => node.body)
  const countOf = async (guestEmail: string) =>
    (await shop.sql('SELECT 1 FROM ticket WHERE guest_email = $1', guestEmail)).length

  /** A customer whose address is known. */
  async function aCustomer(email = anAddress(), isVerified = true) {
    const userId = newId('usr')
    await shop.deliver('users.contact.changed', { userId, email, displayName: 'Ada' }, { subject: userId })
    if (isVerified)
      await shop.deliver('users.email.verified', { userId, email }, { subject: userId, sequence: 2 })
    return { userId, email, viewer: customer(userId) }
  }

  return {
    async open(): Promise<OpenSupport> {
      shop = await openSupport(settings)
      served = await serveWithoutTimers(support, {
        databaseUrl: shop.databaseUrl,
        settings,
        clock: () => now,
      })
      return shop
    },
    async close(): Promise<void> {
      await served?.close()
      await shop.close()
    },
    now: () => now,
    pass(ms: number) {
      now = new Date(now.getTime() + ms)
    },
    settings,
    ...{ anAddress, anEmail, send, opened, addressOf, seen, bodiesOf, countOf, aCustomer },
  }
}
