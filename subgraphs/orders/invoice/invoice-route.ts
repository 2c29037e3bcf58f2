import { admission } from '@argyle/kit/admission'
import type { Clock } from '@argyle/kit/clock'
import type { App } from '@argyle/kit/subgraph'
import type { FastifyReply } from 'fastify'
import type { SecretKeys } from '../secret-keys.ts'
import { invoiceText } from './invoice.ts'
import { linkedInvoice } from './invoice-link.ts'
import { invoicePdf } from './invoice-pdf.ts'
import type { InvoiceStore } from './invoice-store.ts'

type Parts = { readonly invoices: InvoiceStore; readonly keys: SecretKeys; readonly clock: Clock }

/** Maximum number of documents that are rendered at once. */
export const AT_ONCE = 1
/** Maximum number of documents that wait to be rendered. Further requests are answered 503. */
export const MAX_WAITING = 20
/** Maximum number of requests for one invoice: a link cannot take the places of others. */
export const MAX_PER_INVOICE = 2
/** Seconds after which a refused request may be repeated. */
const RETRY_SECONDS = 5

const HEADERS = {
  'content-type': 'application/pdf',
  'x-content-type-options': 'nosniff',
  'cache-control': 'private, no-store',
  'referrer-policy': 'no-referrer',
}

/** Serves `/invoices/<id>.pdf` to clients with a valid link from `Order.invoices`. */
export function invoiceRoute(app: App, { invoices, keys, clock }: Parts, render = invoicePdf): void {
  const press = admission({ places: AT_ONCE, queue: MAX_WAITING })
  const underWay = new Map<string, number>()
  app.get<{ Params: { file: string }; Querystring: { until?: string; signature?: string } }>(
    '/invoices/:file',
    async ({ params, query }, reply) => {
      const { until = '', signature = '' } = query
      // A repeated query parameter is an array.
      const asked = { file: params.file, until: String(until), signature: String(signature) }
      const id = linkedInvoice(await keys('invoice'), asked, clock())
      const found = id === null ? null : await invoices.find(id)
      if (id === null || !found)
        return reply.code(404).send({ message: 'The invoice does not exist, or its link has expired.' })
      const requests = underWay.get(id) ?? 0
      if (requests >= MAX_PER_INVOICE)
        return busy(reply, `${MAX_PER_INVOICE} requests for this invoice are under way.`)
      underWay.set(id, requests + 1)
      const place = press.enter()
      // A client that hangs up leaves the queue.
      reply.raw.once('close', place.leave)
      try {
        if (!(await place.admitted)) return busy(reply, `${MAX_WAITING} invoices are waited for.`)
        reply.raw.off('close', place.leave)
        const pdf = await render(invoiceText(found), found.invoice.madeAt)
        const disposition = `inline; filename="${id}.pdf"`
        return await reply.headers({ ...HEADERS, 'content-disposition': disposition }).send(pdf)
      } finally {
        place.leave()
        const others = (underWay.get(id) ?? 1) - 1
        if (others === 0) underWay.delete(id)
        else underWay.set(id, others)
      }
    },
  )
}

function busy(reply: FastifyReply, message: string) {
  return reply
    .code(503)
    .header('retry-after', RETRY_SECONDS)
    .send({ message: `${message} Try again in ${RETRY_SECONDS} seconds.` })
}
