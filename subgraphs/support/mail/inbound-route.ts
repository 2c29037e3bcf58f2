// Tested in ../mail.int.test.ts: the test sends requests to the route.

import { timingSafeEqual } from 'node:crypto'
import type { App } from '@argyle/kit/subgraph'
import { MAX_MAIL, readInbound } from './inbound.ts'
import type { Handled, InboundStore } from './inbound-store.ts'

/** Maximum number of e-mails that are read at once: each may take 250 MB while it is parsed. */
const MAX_AT_ONCE = 4

type Parts = {
  readonly inbound: InboundStore | null
  readonly mailKey: Uint8Array | null
  /** The name of the receiving mail server in `Authentication-Results`; null: none is trusted. */
  readonly mailServer: string | null
}

function isAuthorized(header: string | undefined, key: Uint8Array): boolean {
  const given = Buffer.from(/^Bearer ([\w-]{1,200})$/.exec(header ?? '')?.[1] ?? '', 'base64url')
  return given.length === key.length && timingSafeEqual(given, key)
}

const STATUS: Readonly<Record<Handled['result'], number>> = {
  OPENED: 200,
  ADDED: 200,
  REFUSED: 422,
  LATER: 503,
}

/**
 * Serves `POST /mail`: the mail server forwards the e-mails to the support address, as `message/rfc822`. It
 * authenticates by `Bearer` and SUPPORT_MAIL_KEY. Without that setting the path does not exist. 422: the
 * e-mail is refused, and its sender is to be informed. 503: the e-mail can be sent again later.
 */
export function inboundRoute(app: App, { inbound, mailKey, mailServer }: Parts): void {
  if (!inbound || !mailKey) return
  let reading = 0
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addHook('onRequest', async (request, reply) => {
      // Checked before the body is read.
      if (!isAuthorized(request.headers.authorization, mailKey))
        return reply.code(401).send({ error: 'Authorize by Bearer and SUPPORT_MAIL_KEY.' })
    })
    scope.addContentTypeParser(
      'message/rfc822',
      { parseAs: 'buffer', bodyLimit: MAX_MAIL },
      (_, body, done) => done(null, body),
    )
    scope.post('/mail', async (request, reply) => {
      if (reading >= MAX_AT_ONCE) return reply.code(503).header('retry-after', '5').send({ result: 'LATER' })
      reading += 1
      try {
        const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
        const mail = await readInbound(body, mailServer)
        if ('ignored' in mail) return reply.code(200).send({ result: 'IGNORED', reason: mail.ignored })
        if ('refused' in mail)
          return reply.code(STATUS.REFUSED).send({ result: 'REFUSED', reason: mail.refused })
        const handled = await inbound.handle(mail)
        return reply.code(STATUS[handled.result]).send(handled)
      } finally {
        reading -= 1
      }
    })
  })
}
