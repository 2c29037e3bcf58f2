import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { envelopeSchema } from '@argyle/kit/envelope'
import { newId } from '@argyle/kit/ids'
import { type TestOptions, testSubgraph } from '@argyle/kit/testing/subgraph'
import { LANE_NAMES } from '../delivery/delivery-store.ts'
import { type MailboxOptions, startMailbox } from '../mailbox/server.ts'
import { notifications, type Resources } from '../subgraph.ts'

export type SentMail = {
  readonly id: string
  readonly to: readonly string[]
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly headers: readonly { readonly name: string; readonly value: string }[]
}

/** A mailbox at free ports, in a folder of its own. */
export async function openMailbox(options: Partial<MailboxOptions> = {}) {
  const folder = options.folder ?? mkdtempSync(path.join(tmpdir(), 'argyle-mail-'))
  const mailbox = await startMailbox({ host: '127.0.0.1', port: 0, smtpPort: 0, ...options, folder })

  /** E-mails to a recipient, oldest first. */
  async function mailTo(address: string): Promise<SentMail[]> {
    const list = await fetch(`${mailbox.url}/api/messages?to=${encodeURIComponent(address)}`)
    // The mailbox is the project's own.
    const heads = (await list.json()) as { id: string }[]
    const mails = heads.map(async ({ id }) => (await fetch(`${mailbox.url}/api/messages/${id}`)).json())
    return ((await Promise.all(mails)) as SentMail[]).reverse()
  }

  return {
    ...mailbox,
    folder,
    mailTo,
    async close({ keepFolder = false } = {}) {
      await mailbox.close()
      if (!keepFolder) rmSync(folder, { recursive: true })
    },
  }
}

/** A sample message as its publisher keeps it: siblings share data, never code. */
export function sampleOf(publisher: string, type: string) {
  const file = new URL(`../../${publisher}/event-samples/${type}.json`, import.meta.url)
  const { data, ...about } = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  // A sample's data is an object.
  return { ...about, data: data as Record<string, unknown> }
}

/** Encrypts the tokens of links. */
export const LINK_KEY = randomBytes(32)

const START = new Date('2026-11-28T09:30:00.000Z')

/** The subgraph on its own database, with a real SMTP server beside it and a clock that the test moves. */
export async function openNotifications(
  settings: Record<string, string> = {},
  options: Pick<TestOptions, 'database'> = {},
) {
  const mailbox = await openMailbox()
  let now = START
  const subgraph = await testSubgraph(notifications, {
    ...options,
    settings: {
      LINK_KEY: LINK_KEY.toString('base64url'),
      SMTP_URL: mailbox.smtpUrl,
      STOREFRONT_URL: 'https://shop.example',
      PUBLIC_URL: 'https://shop.example/',
      SUPPORT_ADDRESS: 'support@argyle.example',
      ...settings,
    },
    clock: () => now,
  })
  // The definition opened them.
  const { prisma, occasions, deliveries, addresses, preferences, digests } =
    subgraph.resources as unknown as Resources

  const open = {
    ...subgraph,
    mailbox,
    mailTo: mailbox.mailTo,
    now: () => now,
    prisma,
    occasions,
    deliveries,
    addresses,
    preferences,
    digests,

    pass(ms: number) {
      now = new Date(now.getTime() + ms)
    },

    /** Delivers a publisher's sample, with another subject and other data where given. */
    async deliverSample(
      type: string,
      data: object = {},
      about: { sequence?: number; id?: string; time?: string } = {},
    ) {
      const sample = sampleOf(type.split('.')[0] ?? '', type)
      const { sequence = sample.sequence, id, time } = about
      await subgraph.deliver(
        type,
        { ...sample.data, ...data },
        { subject: sample.subject, sequence, ...(id && { id }), ...(time && { time }) },
      )
    },

    /** Runs the timers that plan and send. */
    async work() {
      await subgraph.runTimer('plan-occasions')
      for (const lane of LANE_NAMES) await subgraph.runTimer(`send-${lane.toLowerCase()}`)
    },

    /** Creates an account by the event of users. The welcome is sent. */
    async aPerson({
      displayName = 'Ada Lovelace',
      email = `${newId('usr').slice(4)}@argyle.example`,
      isVerified = true,
    } = {}) {
      const userId = newId('usr')
      const data = { userId, email, displayName }
      await subgraph.deliver('users.contact.changed', data, { subject: userId, sequence: 2 })
      if (isVerified)
        await subgraph.deliver('users.email.verified', { userId, email }, { subject: userId, sequence: 2 })
      return { userId, email }
    },

    /** Creates an order by the event of orders. */
    async anOrder(data: object = {}) {
      const orderId = newId('ord')
      await this.deliverSample('orders.order.summarised', { orderId, ...data })
      return orderId
    },

    sql: <Row>(statement: string, ...values: unknown[]) =>
      prisma.$queryRawUnsafe<Row[]>(statement, ...values),

    async close() {
      await subgraph.close()
      await mailbox.close()
    },
  }
  return open
}

export type OpenNotifications = Awaited<ReturnType<typeof openNotifications>>
