// Tested in ../bounces.int.test.ts: the test sends requests to the route.
import { timingSafeEqual } from 'node:crypto'
import type { App } from '@argyle/kit/subgraph'
import type { AddressStore } from './address-store.ts'
import { MAX_REPORT, readReport } from './report.ts'

type Parts = { readonly addresses: AddressStore; readonly reportKey: Uint8Array | null }

function isAuthorized(header: string | undefined, key: Uint8Array): boolean {
  const given = Buffer.from(/^Bearer ([\w-]{1,200})$/.exec(header ?? '')?.[1] ?? '', 'base64url')
  return given.length === key.length && timingSafeEqual(given, key)
}

/**
 * Serves `POST /mail-reports`: the mail server forwards the e-mails to the sender's address, as
 * `message/rfc822`. It authenticates by `Bearer` and MAIL_REPORT_KEY. Without that setting the path does not
 * exist.
 */
export function reportRoute(app: App, { addresses, reportKey }: Parts): void {
  if (!reportKey) return
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addHook('onRequest', async (request, reply) => {
      // Checked before the body is read.
      if (!isAuthorized(request.headers.authorization, reportKey))
        return reply.code(401).send({ error: 'Authorize by Bearer and MAIL_REPORT_KEY.' })
    })
    scope.addContentTypeParser(
      'message/rfc822',
      { parseAs: 'buffer', bodyLimit: MAX_REPORT },
      (_, body, done) => done(null, body),
    )
    scope.post('/mail-reports', async (request, reply) => {
      const report = Buffer.isBuffer(request.body) ? await readReport(request.body) : null
      if (report) await addresses.heed(report)
      return reply.code(204).send()
    })
  })
}
