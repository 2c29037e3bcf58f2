// Tested in ../service/serve.int.test.ts: the test sends requests.

import type { FastifyReply, FastifyRequest } from 'fastify'
import type { GraphQLError } from 'graphql'
import type { Logger } from 'pino'
import type { ErrorCode } from '../errors/errors.ts'
import type { tokenVerifier } from '../identity/identity.ts'
import type { Operation } from '../operation/operation.ts'
import { failpoint } from '../service/failpoint.ts'
import { reasonOf } from '../service/reason.ts'
import type { Runtime } from '../service/runtime.ts'
import type { App } from '../service/subgraph.ts'
import { followUp, newTrace, withTrace } from '../service/trace.ts'
import {
  acceptsResponseType,
  asksForSandbox,
  graphqlRequestOf,
  header,
  RESPONSE_TYPE,
  requestOf,
} from './graphql-request.ts'
import { beginWork, endWork, isAdmitted, type WorkOptions } from './work.ts'

export type GraphqlRouteOptions = WorkOptions & {
  readonly runtime: Runtime
  readonly verify: ReturnType<typeof tokenVerifier>
  readonly log: Logger
  /** Whether browsers get the Sandbox page. */
  readonly page: boolean
}

export function graphqlError(message: string, code: ErrorCode) {
  return { errors: [{ message, extensions: { code } }] }
}

type Executed = {
  readonly status: number
  readonly headers: Iterable<[string, string]>
  readonly text: string
}

async function execute(
  { runtime, limits }: GraphqlRouteOptions,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<Executed | null> {
  const { status, headers, body } = await runtime.apollo.executeHTTPGraphQLRequest({
    httpGraphQLRequest: graphqlRequestOf(request),
    context: async () => runtime.contextOf(requestOf(request, reply), operation),
  })
  if (body.kind !== 'complete') throw new Error('an incremental response was not requested')
  if (Buffer.byteLength(body.string) > limits.maxBytes) {
    operation.refuseSize()
    return null
  }
  return { status: status ?? 200, headers, text: body.string }
}

function stoppedAnswer(error: GraphQLError | null): string {
  if (!error) return ''
  const { message, extensions } = error
  return JSON.stringify({ errors: [{ message, extensions }], data: null })
}

/** The response body: the result of the execution, or the error that stopped it, whichever comes first. */
async function answer(
  options: GraphqlRouteOptions,
  operation: Operation,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<string> {
  const executed = await Promise.race([execute(options, operation, request, reply), operation.ended])
  if (acceptsResponseType(request)) reply.header('content-type', `${RESPONSE_TYPE}; charset=utf-8`)
  else reply.header('content-type', 'application/json; charset=utf-8')
  if (executed && 'text' in executed) {
    for (const [name, value] of executed.headers) {
      if (name !== 'content-type' || !acceptsResponseType(request)) reply.header(name, value)
    }
    reply.code(executed.status)
    return executed.text
  }
  const { error } = executed ?? (await operation.ended)
  options.log.warn(
    { requestId: request.id, reason: error?.message ?? 'the caller has left', fields: operation.fields },
    'an operation was stopped',
  )
  return stoppedAnswer(error)
}

/**
 * Refuses a request before its body is read: without a valid token, with a bad timeout, or with too many
 * operations running.
 */
async function admit(options: GraphqlRouteOptions, request: FastifyRequest, reply: FastifyReply) {
  if (!(options.page && asksForSandbox(request))) {
    try {
      request.viewer = await options.verify(request.headers.authorization)
    } catch {
      return reply.code(401).send(graphqlError('A valid internal token is needed.', 'UNAUTHENTICATED'))
    }
  }
  try {
    request.work = beginWork(options, request, reply)
  } catch (error) {
    return reply.code(400).send(graphqlError(reasonOf(error), 'BAD_USER_INPUT'))
  }
  if (await isAdmitted(request.work)) return
  const type = acceptsResponseType(request) ? RESPONSE_TYPE : 'application/json'
  reply.code(503).header('retry-after', '1').type(`${type}; charset=utf-8`)
  const refusal = graphqlError('Too many operations are running: try again.', 'SUBGRAPH_UNAVAILABLE')
  return reply.send(JSON.stringify(refusal))
}

async function handle(options: GraphqlRouteOptions, request: FastifyRequest, reply: FastifyReply) {
  const { work } = request
  if (!work) throw new Error('a request was handled that was not admitted')
  work.isHandled = true
  const { operation } = work
  const trace = newTrace({ requestId: request.id, traceparent: header(request, 'traceparent'), operation })
  try {
    const text = await withTrace(trace, () => answer(options, operation, request, reply))
    failpoint('operation.executed')
    return text
  } finally {
    endWork(work)
    followUp(trace, options.runtime.wakeRelay)
  }
}

/** Registers `/graphql` with its limits, and the Sandbox page. */
export function graphqlRoute(app: App, options: GraphqlRouteOptions): void {
  app.decorateRequest('viewer', null)
  app.decorateRequest('work', null)
  app.route({
    method: ['GET', 'POST'],
    url: '/graphql',
    onRequest: (request, reply) => admit(options, request, reply),
    handler: (request, reply) => handle(options, request, reply),
  })
  if (options.page) app.get('/', async (_, reply) => reply.redirect('/graphql'))
}
