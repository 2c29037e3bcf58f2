// Tested in mailbox.test.ts: the test uses the mailbox as a server.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { isId, mintedAt } from '@argyle/kit/ids'
import { LRUCache } from 'lru-cache'
import { type Letter, letterOf } from './letter.ts'
import { BOUNDS, type Bounds, type MailFolder, mailFolder } from './mail-folder.ts'
import { inboxPage, letterPage, notFoundPage, storefrontPage } from './pages.ts'
import { type HandOn, listenForMail } from './smtp.ts'
import { storefrontOf } from './storefront.ts'
import { readTextMessage } from './text-message.ts'

export type MailboxOptions = {
  readonly host: string
  /** The page's port; 0: any free one. */
  readonly port: number
  /** 0: any free one. */
  readonly smtpPort: number
  /** Folder of the e-mails. */
  readonly folder: string
  readonly bounds?: Bounds
  /** Host names under which browsers reach the page, beside those of this machine. */
  readonly hosts?: readonly string[]
}

export type Mailbox = {
  /** The inbox page. */
  readonly url: string
  readonly smtpUrl: string
  /** URL for text messages. */
  readonly smsUrl: string
  /** Forwards e-mails to customer service from now on: by `POST url`, authorized by the key. */
  setSupport(url: string, key: string): void
  close(): Promise<void>
}

/** E-mails on the page, and the longest filter. */
const SHOWN = 100
const MAX_FILTER_LENGTH = 254

const SMS_PATH = '/api/sms'

const HERE = ['localhost', '127.0.0.1', '[::1]']

const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
}
const PAGE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'"
/** The page of an e-mail runs no script, loads nothing, and has no origin; its links open elsewhere. */
const LETTER_POLICY =
  "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'"

type Answer = {
  readonly status: number
  readonly type: string
  readonly policy?: string
  readonly body: string | Buffer
}

const html = (body: string, status = 200): Answer => ({ status, type: 'text/html; charset=utf-8', body })
const json = (value: unknown, status = 200): Answer => {
  return { status, type: 'application/json', body: `${JSON.stringify(value)}\n` }
}

/**
 * A mailbox for development: an SMTP server that accepts e-mail to every address, and a page that shows it.
 * `/api/messages?to=…` and `/api/messages/ID` answer JSON.
 */
export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { host, port, smtpPort, bounds = BOUNDS, hosts = [] } = options
  const folder = mailFolder(options.folder, bounds)
  const letters = lettersIn(folder, bounds)
  const known = new Set([...HERE, host, ...hosts])
  let handOn: HandOn | null = null
  const smtp = await listenForMail(folder, { host, port: smtpPort, handOn: () => handOn })
  const place = { folder, letters, known, smtpUrl: smtp.url }
  const server = createServer((request, response) => {
    void answer(request, place)
      .catch(() => json({ error: 'Internal server error.' }, 500))
      .then((said) => send(response, said))
  })
  server.requestTimeout = 10_000
  server.maxConnections = 50
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
  } catch (error) {
    await smtp.close()
    throw error
  }
  // A server that listens has an address object.
  const { port: at } = server.address() as AddressInfo
  return {
    url: `http://${host}:${at}`,
    smtpUrl: smtp.url,
    smsUrl: `http://${host}:${at}${SMS_PATH}`,
    setSupport(url, key) {
      handOn = handOnTo(url, key)
    },
    async close() {
      server.closeAllConnections()
      await Promise.all([smtp.close(), new Promise<void>((resolve) => server.close(() => resolve()))])
    },
  }
}

/**
 * Forwards e-mails to support as a mail server does. @throws Error if support is unavailable, so that the
 * sender retries
 */
function handOnTo(url: string, key: string): HandOn {
  return async (message) => {
    const headers = { 'content-type': 'message/rfc822', authorization: `Bearer ${key}` }
    const body = Uint8Array.from(message)
    const response = await fetch(url, { method: 'POST', headers, body, redirect: 'manual' })
    await response.body?.cancel()
    if (response.status >= 500) throw Object.assign(new Error('4.3.0 try again later'), { responseCode: 451 })
    return response.ok
  }
}

type Letters = ReturnType<typeof lettersIn>

/** Parsed e-mails, of which the last ones are kept in memory. */
function lettersIn(folder: MailFolder, { messages }: Bounds) {
  const parsed = new LRUCache<string, Letter>({ max: messages, maxSize: 20_000_000, sizeCalculation: sizeOf })

  async function read(id: string): Promise<Letter | null> {
    const kept = parsed.get(id)
    if (kept) return kept
    const message = isId('eml', id) ? await folder.read(id) : null
    if (!message) return null
    const letter = await letterOf(id, mintedAt(id), message)
    parsed.set(id, letter)
    return letter
  }

  return {
    read,

    /** The newest ones, of one recipient or of all. */
    async newest(to: string): Promise<Letter[]> {
      const found: Letter[] = []
      for (const id of folder.ids()) {
        if (found.length === SHOWN) break
        const letter = await read(id)
        if (letter && (to === '' || letter.to.some((address) => address.toLowerCase() === to)))
          found.push(letter)
      }
      return found
    },
  }
}

/** The size in memory, roughly. Recipients and subject are of the headers. */
function sizeOf({ text, html: body, headers }: Letter): number {
  const inHeaders = headers.reduce((sum, { name, value }) => sum + name.length + 2 * value.length, 0)
  return text.length + (body?.length ?? 0) + inHeaders + 500
}

type Place = {
  readonly folder: MailFolder
  readonly letters: Letters
  readonly known: ReadonlySet<string>
  readonly smtpUrl: string
}

async function answer(request: IncomingMessage, { folder, letters, known, smtpUrl }: Place): Promise<Answer> {
  // Refuses other host names. A page of another site whose name resolves to this address could otherwise read
  // the e-mails (DNS rebinding).
  const asked = request.headers.host?.replace(/:\d+$/, '') ?? ''
  if (!known.has(asked))
    return json({ error: `host is ${JSON.stringify(asked)}: allowed is ${[...known].join(', ')}` }, 403)
  if (request.method === 'POST' && request.url === SMS_PATH) {
    const read = await readTextMessage(request)
    if ('error' in read) return json({ error: read.error }, read.status)
    return json({ id: await folder.add(read.message) }, 201)
  }
  if (request.method !== 'GET') return json({ error: `method is ${request.method}: allowed is GET` }, 405)
  const url = URL.parse(request.url ?? '/', 'http://localhost')
  if (!url) return json({ error: `path is ${JSON.stringify(request.url)}: allowed is that of a URL` }, 400)
  const { pathname, searchParams } = url
  const to = (searchParams.get('to') ?? '').trim().toLowerCase()
  if (to.length > MAX_FILTER_LENGTH)
    return json({ error: `to is at most ${MAX_FILTER_LENGTH} characters` }, 400)
  if (pathname === '/') return html(inboxPage(await letters.newest(to), to, smtpUrl))
  if (pathname === '/api/messages') {
    const found = await letters.newest(to)
    return json(
      found.map(({ id, from, to: recipients, subject, receivedAt }) => ({
        id,
        from,
        to: recipients,
        subject,
        receivedAt,
      })),
    )
  }
  const storefront = storefrontOf(pathname)
  if (storefront) return html(storefrontPage(storefront))
  const [, isApi, id = '', form = ''] =
    /^(\/api)?\/messages\/([^/]{1,100})(?:\/(html|raw))?$/.exec(pathname) ?? []
  const letter = await letters.read(id)
  if (!letter)
    return isApi || !pathname.startsWith('/messages/')
      ? json({ error: 'not found' }, 404)
      : html(notFoundPage(), 404)
  if (isApi) return json(letter)
  if (form === 'html') return { ...html(`<base target="_blank">${letter.html ?? ''}`), policy: LETTER_POLICY }
  if (form === 'raw')
    return { status: 200, type: 'text/plain; charset=utf-8', body: (await folder.read(id)) ?? '' }
  return html(letterPage(letter))
}

function send(response: ServerResponse, { status, type, body, policy = PAGE_POLICY }: Answer): void {
  response.writeHead(status, { ...HEADERS, 'content-type': type, 'content-security-policy': policy })
  response.end(body)
}
