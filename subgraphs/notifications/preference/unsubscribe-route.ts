// Tested in ../unsubscribe.int.test.ts: the test sends requests to the route.
import type { App } from '@argyle/kit/subgraph'
import type { PreferenceStore } from './preference-store.ts'
import { askPage, donePage, unknownPage } from './unsubscribe-page.ts'
import { readUnsubscribeToken } from './unsubscribe-token.ts'

/** Maximum size of a body in bytes. The body is ignored, since the path contains all data. */
const MAX_BODY = 10_000

type Parts = { readonly preferences: PreferenceStore; readonly unsubscribeKey: Uint8Array }
// A wildcard, since Fastify bounds the length of a parameter.
const PATH = '/unsubscribe/*'
type Asked = { Params: { '*': string }; Querystring: { all?: string } }

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
}

/** Serves `/unsubscribe/<token>`: GET shows a page, POST unsubscribes, as mail programs do by one click (RFC 8058). */
export function unsubscribeRoute(app: App, { preferences, unsubscribeKey: key }: Parts): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY }, (_, __, done) => done(null))

    scope.get<Asked>(PATH, async ({ params: { '*': token } }, reply) => {
      const asked = readUnsubscribeToken(key, token)
      if (!asked) return reply.code(404).headers(HEADERS).send(unknownPage())
      return reply.headers(HEADERS).send(askPage(asked.language, token))
    })

    scope.post<Asked>(PATH, async ({ params: { '*': token }, query }, reply) => {
      const asked = readUnsubscribeToken(key, token)
      if (!asked) return reply.code(404).headers(HEADERS).send(unknownPage())
      await preferences.unsubscribe(asked.recipient, query.all === '1' ? null : asked.kind)
      return reply.headers(HEADERS).send(donePage(asked.language))
    })
  })
}
