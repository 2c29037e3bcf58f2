import type { AddressInfo } from 'node:net'
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify'

/** A response of a provider: status and body. */
export type Answer = { readonly status: number; readonly body: unknown }

export type ProviderHandler = (
  request: FastifyRequest<{ Params: { id: string }; Body: Record<string, unknown> | null }>,
) => Answer

/** A request that a provider received. Reading sends no key. */
export type SentRequest = {
  readonly call: string
  readonly key: string | null
  readonly body: unknown
  readonly headers: FastifyRequest['headers']
}

/** An error in the forms of Stripe and of PayPal. */
const FAULT = { error: { type: 'api_error', message: 'a fault' }, name: 'A_FAULT', message: 'a fault' }

/**
 * A local HTTP server in place of a provider. It stores the first response of each key, and can inject
 * faults.
 */
export async function fakeProvider(
  keyHeader: string,
  routes: (
    on: (method: 'GET' | 'POST' | 'DELETE', url: string, work: ProviderHandler) => void,
    app: FastifyInstance,
  ) => void,
) {
  const app = Fastify()
  const kept = new Map<string, Answer>()
  const faults: Answer[] = []
  const sent: SentRequest[] = []
  const send = (reply: FastifyReply, { status, body }: Answer) => {
    const fault = faults.shift()
    if (fault && status < 300) return reply.code(fault.status).send(fault.body)
    return body === null ? reply.code(status).send() : reply.code(status).send(body)
  }
  // A request may have no body, whatever its content type.
  app.removeContentTypeParser('application/json')
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body === '' ? null : JSON.parse(String(body))),
  )
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(String(body)))),
  )
  routes((method, url, work) => {
    app.route<{ Params: { id: string }; Body: Record<string, unknown> | null }>({
      method,
      url,
      handler: (request, reply) => {
        const { headers, body } = request
        const given = headers[keyHeader]
        const call = `${method} ${request.url}`
        // Stripe's library measures the requests that have an id.
        reply.header('request-id', 'req_1')
        sent.push({ call, key: typeof given === 'string' ? given : null, body, headers })
        const key = typeof given === 'string' ? `${request.url} ${given}` : null
        const before = key === null ? undefined : kept.get(key)
        const answer = before ?? work(request)
        if (key !== null) kept.set(key, answer)
        // Reading does not consume the fault.
        if (method === 'GET') return reply.code(answer.status).send(answer.body)
        return send(reply, answer)
      },
    })
  }, app)
  await app.listen({ host: '127.0.0.1', port: 0 })
  // The address of a listening TCP server is an object.
  const { port } = app.server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    /** All requests, oldest first. */
    sent,
    /** The next requests take effect, and are answered with these statuses and an error of the provider, or with these answers. */
    failNext(...answers: (number | Answer)[]) {
      for (const answer of answers.length > 0 ? answers : [500])
        faults.push(typeof answer === 'number' ? { status: answer, body: FAULT } : answer)
    },
    close: () => app.close(),
  }
}
