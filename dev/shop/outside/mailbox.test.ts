import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import type { IncomingMessage } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { startTestServer } from '../../../router/testing/http-server.ts'
import { inboxOf } from '../../e2e/inbox.ts'
import { sendMail } from '../../e2e/send-mail.ts'
import { freePorts } from '../../stack/free-ports.ts'
import { type ShopMailbox, startShopMailbox } from './mailbox.ts'

const KEY = 'A'.repeat(43)

let dataDir: string
let mailbox: ShopMailbox | null
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'argyle-mailbox-'))
  mailbox = null
})
afterEach(async () => {
  await mailbox?.close()
  rmSync(dataDir, { recursive: true })
})

test('notifications and support get the addresses of a mailbox, whose page is on this machine alone', async () => {
  const [port = 0] = await freePorts(1)
  mailbox = await startShopMailbox({ port, dataDir, supportKey: KEY })
  expect(mailbox.url).toBe(`http://127.0.0.1:${port}`)
  expect(new URL(mailbox.smtpUrl)).toMatchObject({ protocol: 'smtp:', hostname: '127.0.0.1' })
  expect(mailbox.settings).toEqual({
    SMTP_URL: mailbox.smtpUrl,
    ...{ SMS_GATEWAY: 'sink', SMS_SINK_URL: `http://127.0.0.1:${port}/api/sms` },
    ...{ SUPPORT_ADDRESS: 'support@argyle.example', STOREFRONT_URL: `http://localhost:${port}` },
  })
  expect(mailbox.supportSettings).toEqual({ SUPPORT_MAIL_KEY: KEY, SUPPORT_MAIL_SERVER: 'mailbox' })
})

test('e-mails are shown and kept in the data folder; those to customer service go to support', async () => {
  mailbox = await startShopMailbox({ port: 0, dataDir, supportKey: KEY })
  const handed: unknown[] = []
  const support = await startTestServer(async (request: IncomingMessage, response) => {
    const { method, url, headers } = request
    handed.push([method, url, headers.authorization, (await text(request)).includes('A hole')])
    response.end()
  })
  mailbox.setSupportUrl(`${support.origin}/graphql`)
  const mail = { from: 'ada@argyle.example', subject: 'A hole', text: 'It is large.' }
  for (const to of ['sam@argyle.example', 'support@argyle.example'])
    await sendMail(mailbox.smtpUrl, { ...mail, to })
  await support.stop()
  expect(handed).toEqual([['POST', '/mail', `Bearer ${KEY}`, true]])
  expect(await inboxOf(mailbox.url, 'sam@argyle.example')).toMatchObject([{ subject: 'A hole' }])
  expect(existsSync(path.join(dataDir, 'mail'))).toBe(true)
})
