// Tested in ../campaign-visits.int.test.ts: the test sends requests to the route.

import type { App } from '@argyle/kit/subgraph'
import type { VisitStore } from './campaign-outcome.ts'

const PATH = '/c/*'
type Asked = { Params: { '*': string } }

const TOKEN = /^[\w-]{22}$/
/** A transparent GIF of one pixel. */
const PIXEL = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64')
const HEADERS = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
}
const UNKNOWN = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="robots" content="noindex"><title>Argyle</title></head>
<body><p>This link does not work. Please use the complete link from the e-mail.</p></body></html>
`

type Parts = { readonly visits: VisitStore; readonly storefront: string }

/**
 * Serves the links of campaigns: `/c/<token>` leads to the campaign's page of the storefront, and nowhere else; `/c/<token>.gif` is the
 * picture of e-mails whose recipient allows it. A HEAD request, as of scanners, is not counted.
 */
export function visitRoute(app: App, { visits, storefront }: Parts): void {
  app.get<Asked>(PATH, async ({ params: { '*': asked }, method }, reply) => {
    const isCounted = method === 'GET'
    const [token = '', ending] = asked.split('.', 2)
    if (ending === 'gif' && TOKEN.test(token)) {
      if (isCounted) await visits.open(token)
      return reply.headers({ ...HEADERS, 'content-type': 'image/gif' }).send(PIXEL)
    }
    const path = TOKEN.test(asked) ? await visits.click(asked, isCounted) : null
    if (path === null)
      return reply
        .code(404)
        .headers({ ...HEADERS, 'content-type': 'text/html; charset=utf-8' })
        .send(UNKNOWN)
    return reply
      .code(302)
      .headers({ ...HEADERS, location: `${storefront.replace(/\/+$/, '')}${path}` })
      .send()
  })
}
