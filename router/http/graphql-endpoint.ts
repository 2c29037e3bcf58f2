// Tested in handler.e2e.test.ts: the test sends requests.

import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Outcome } from '../operation/executor.ts'
import type { RequestContext } from '../request-context.ts'
import type { Identify } from '../security/access-token.ts'
import type { Serving, Slot } from '../serving.ts'
import type { RouterSettings } from '../settings.ts'
import type { Log } from '../telemetry/log.ts'
import { type Trace, traceOf } from '../telemetry/trace.ts'
import { clientAddress } from './connection/client-address.ts'
import { HttpError } from './http-error.ts'
import { refuseEarly } from './request/body.ts'
import { type Receiving, receiving } from './request/body-reader.ts'
import { answerCors } from './request/cors.ts'
import { refuseCrossSite } from './request/csrf.ts'
import { identified } from './request/identify.ts'
import type { Wanted } from './request/media-types.ts'
import { type Parameters, parametersOf } from './request/parameters.ts'
import { parseRequest, requestFormOf } from './request/parse-request.ts'
import type { OperationText } from './request/persisted-operations.ts'
import { beginLifetime } from './request/request-lifetime.ts'
import { coercedVariables, operationOf, outcomeOf, shaped } from './response/answer-operation.ts'
import { cachingHeaders } from './response/cache-control.ts'
import { type AnswerText, compressed } from './response/compression.ts'
import { admitted, type CostReport, costHeader, countAnswer, newCostReport } from './response/cost-control.ts'
import { sendExplorer, wantsExplorer } from './response/explorer.ts'
import { asksForPlan, withPlan } from './response/exposed-plan.ts'
import { returnedHeaders } from './response/returned-headers.ts'
import { refuse } from './response/send-refusal.ts'
import { send } from './response/send-response.ts'
import { type AnswerSharing, sharedAnswers } from './response/shared-answers.ts'

export type EndpointParts = {
  readonly slot: Slot
  readonly identify: Identify
  /** Shared by all supergraphs. */
  readonly operationText: OperationText
  readonly settings: RouterSettings
  /** Turns off the explorer and suggestions in messages. */
  readonly production: boolean
  readonly log: Log
}

/** Parts that all requests share. */
type Endpoint = EndpointParts & {
  readonly answers: AnswerSharing<Answer>
  readonly shapes: (outcome: Outcome) => Answer
  readonly bodies: Receiving
  readonly caching: ReturnType<typeof cachingHeaders>
}

/** One request with the state of its stages. */
type Exchange = Endpoint & {
  /** Called if the request waits for another one's run. */
  readonly joined: (() => void) | undefined
  readonly isGet: boolean
  readonly wanted: Wanted
  /** The version with which the request started; it is used to its end. */
  readonly serving: Serving
  readonly cost: CostReport
}

/** Result of one operation of a request. */
type Answer = AnswerText & { readonly isWhole: boolean }

/** Serves GraphQL over HTTP. Every answer is JSON, also after an error. */
export function graphqlEndpoint(parts: EndpointParts) {
  const endpoint: Endpoint = {
    ...parts,
    answers: sharedAnswers<Answer>(parts.settings),
    shapes: shaping(),
    bodies: receiving(parts.settings.limits.receiving),
    caching: cachingHeaders(parts.settings),
  }
  return async (request: IncomingMessage, response: ServerResponse, joined?: () => void): Promise<void> => {
    const trace = traceOf(request.headers)
    if (answerCors(request, response, parts.settings.http.cors)) return
    if (!parts.production && wantsExplorer(request)) return sendExplorer(response)
    try {
      await serve({ ...endpoint, joined }, request, response, trace)
    } catch (error) {
      refuse(request, response, trace, error, parts.log)
    }
  }
}

/** The stages of a request, in order. Any of them may throw an HttpError. */
async function serve(
  parts: Endpoint & Pick<Exchange, 'joined'>,
  request: IncomingMessage,
  response: ServerResponse,
  trace: Trace,
): Promise<void> {
  const { settings, log } = parts
  // Receive.
  const { isGet, wanted } = requestFormOf(request)
  // Limits that can be checked by the headers.
  refuseEarly(request, settings.limits.body)
  // CSRF.
  refuseCrossSite(request, settings.http.cors.origins)
  // Identity, then the body. Nothing of the body is read for a caller who is refused.
  const identity = await identified(parts.identify, request.headers.authorization, trace, log)
  // The body of a client that left meanwhile never ends.
  if (response.destroyed) return
  const parsed = await parseRequest(request, response, parts.bodies, settings.limits)
  const { lifetime, end } = beginLifetime(response, settings.limits.time)
  const context: RequestContext = {
    identity,
    trace,
    headers: request.headers,
    clientAddress: clientAddress(request, settings.http.trusted_proxies),
    lifetime,
    returned: new Map(),
  }
  try {
    const cost = newCostReport(settings, request.headers)
    const exchange = { ...parts, isGet, wanted, serving: parts.slot.current(), cost }
    const answer =
      'batch' in parsed
        ? await answerBatch(exchange, parsed.batch, context)
        : await answerOne(exchange, parsed, context)
    // Cache headers.
    const caching = parts.caching(isGet, answer.isWhole, context)
    await respond(
      exchange,
      request,
      response,
      answer,
      [...caching, ...costHeader(cost), ...returnedHeaders(context)],
      context,
    )
  } finally {
    end()
  }
}

/** The stages of one operation, in order. */
async function answerOne(
  exchange: Exchange,
  parameters: Parameters,
  context: RequestContext,
): Promise<Answer> {
  const { serving, settings, wanted, isGet, production, log, answers, shapes, joined } = exchange
  const started = performance.now()
  // For clients that accept application/json by name, the status only describes the transport.
  const status = wanted.isLegacy ? 200 : 400
  // Persisted operations.
  const text = exchange.operationText(parameters)
  // Parse, validate.
  const prepared = operationOf(serving, text, parameters.operationName, { status, isGet })
  const variables = coercedVariables(serving, prepared, parameters.variables, {
    text,
    status,
    suggests: !production,
    limit: settings.limits.values,
  })
  // Cost.
  const estimated = admitted(prepared, variables, exchange.cost, status)
  const execute = async (client: RequestContext): Promise<Answer> => {
    // Authorize, plan, execute, shape.
    return shapes(await outcomeOf(serving, prepared, variables, client, log))
  }
  const answer = await (prepared.kind === 'query'
    ? answers.share(prepared, variables, context, execute, joined)
    : mutate(answers, context, execute))
  // Report.
  const isCounted = exchange.cost.isAsked || log.isLevelEnabled('debug')
  const actual = isCounted ? countAnswer(prepared, variables, answer.text, exchange.cost) : null
  log.debug(
    {
      requestId: context.trace.requestId,
      operation: prepared.name,
      cost: { estimated, actual },
      whole: answer.isWhole,
      ms: Math.round(performance.now() - started),
    },
    'an operation was answered',
  )
  if (production || !asksForPlan(context)) return answer
  const planned = await withPlan(answer.text, serving, prepared, variables, context).catch(() => answer.text)
  // Neither a cache nor this router stores it.
  return { text: planned, isKept: false, encoded: new Map(), isWhole: false }
}

/** The bytes of a repeated outcome are cached with it, compressed or not. */
function shaping(): (outcome: Outcome) => Answer {
  const kept = new WeakMap<Outcome, Answer>()
  return (outcome) => {
    const known = outcome.recurs ? kept.get(outcome) : undefined
    if (known) return known
    const isKept = outcome.recurs === true
    const isWhole = outcome.errors.length === 0
    const answer = { text: shaped(outcome), isKept, encoded: new Map(), isWhole }
    if (isKept) kept.set(outcome, answer)
    return answer
  }
}

async function mutate(
  answers: AnswerSharing<Answer>,
  context: RequestContext,
  execute: (client: RequestContext) => Promise<Answer>,
): Promise<Answer> {
  context.lifetime.mutates = true
  try {
    return await execute(context)
  } finally {
    answers.mutated()
  }
}

/** Answers the operations concurrently. A refused one does not affect the others. */
async function answerBatch(
  exchange: Exchange,
  batch: readonly unknown[],
  context: RequestContext,
): Promise<Answer> {
  const answers = batch.map(async (body) => {
    try {
      return (await answerOne(exchange, parametersOf(body), context)).text
    } catch (error) {
      if (error instanceof HttpError) return JSON.stringify({ errors: error.errors })
      throw error
    }
  })
  return {
    text: `[${(await Promise.all(answers)).join(',')}]`,
    isKept: false,
    encoded: new Map(),
    isWhole: false,
  }
}

async function respond(
  { settings, wanted }: Exchange,
  request: IncomingMessage,
  response: ServerResponse,
  answer: Answer,
  headers: readonly string[],
  { trace }: RequestContext,
): Promise<void> {
  const { bytes, encoding } = await compressed(answer, request, settings.http.compression)
  const coding = encoding ? ['content-encoding', encoding] : []
  const own = ['content-type', wanted.type, 'x-request-id', trace.requestId, ...coding]
  send(response, 200, [...own, ...headers], bytes)
}
