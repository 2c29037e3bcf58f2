import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { MASKED_MESSAGE } from '../../fetching/subgraph-error.ts'
import { coerceVariables } from '../../operation/coerce-variables.ts'
import { InvalidDocument } from '../../operation/document.ts'
import {
  type DocumentError,
  documentErrors,
  MAX_MESSAGE,
  parseWithPositions,
} from '../../operation/document-errors.ts'
import type { Outcome, Program } from '../../operation/executor.ts'
import { selectOperation } from '../../operation/operation.ts'
import type { PreparedOperation } from '../../operation/operation-cache.ts'
import { variableErrors } from '../../operation/variable-errors.ts'
import { TooLarge } from '../../planning/direct/unplannable.ts'
import type { RequestContext } from '../../request-context.ts'
import type { Serving } from '../../serving.ts'
import { shortened } from '../../shortened.ts'
import type { Log } from '../../telemetry/log.ts'
import { badRequest, HttpError } from '../http-error.ts'

/** Parse, validate: once for each text. @throws HttpError */
export function operationOf(
  { document, operations }: Serving,
  text: string,
  name: string | undefined,
  { status, isGet }: { readonly status: number; readonly isGet: boolean },
): PreparedOperation {
  try {
    const known = document(text)
    const prepared = operations.prepare(known.id, known.document, name || undefined)
    if (isGet && prepared.kind !== 'query')
      throw badRequest('GET requests only support query operations.', 405, ['allow', 'POST'])
    return prepared
  } catch (error) {
    if (error instanceof InvalidDocument) throw new HttpError(status, error.errors.map(badInput))
    if (error instanceof GraphQLError) throw new HttpError(status, [badInput(error)])
    throw error
  }
}

/**
 * @param text of the operation's document.
 * @param limit maximum number of resulting values.
 * @throws HttpError with an error for each variable whose value is not of its type
 */
export function coercedVariables(
  { supergraph }: Serving,
  { name, variableDefinitions: definitions }: PreparedOperation,
  given: Readonly<Record<string, unknown>>,
  {
    text,
    status,
    suggests,
    limit,
  }: {
    readonly text: string
    readonly status: number
    readonly suggests: boolean
    readonly limit: number
  },
): Record<string, unknown> {
  const { clientSchema } = supergraph
  const coerced = coerceVariables(clientSchema, definitions, given, limit)
  if (coerced === 'too-many')
    throw badRequest(`The variables have more than the maximum of ${limit} values.`, status)
  if (coerced !== 'invalid') return coerced.values
  // Errors need the position, which a cached document does not contain.
  const { definition } = selectOperation(parseWithPositions(text), name, supergraph)
  const errors = variableErrors(clientSchema, definition.variableDefinitions ?? [], given, !suggests)
  throw new HttpError(status, documentErrors(errors, text).map(badInput))
}

function badInput({ message, locations }: DocumentError): GraphQLFormattedError {
  return {
    message: shortened(message, MAX_MESSAGE),
    ...(locations && { locations }),
    extensions: { code: 'BAD_USER_INPUT' },
  }
}

const MASKED = failed(MASKED_MESSAGE, { code: 'INTERNAL_SERVER_ERROR' })

const TOO_LATE = failed('The operation took too long to plan.', { code: 'SUBGRAPH_UNAVAILABLE' })
const TOO_LARGE = failed('The operation is too large to be planned: ask for less at a time.', {
  code: 'BAD_USER_INPUT',
})

function failed(message: string, extensions: Readonly<Record<string, unknown>>): Outcome {
  return { data: null, errors: [{ message, extensions }] }
}

/** The program; null if the time of the request is over first. */
function unlessOver(planned: Promise<Program>, { lifetime }: RequestContext): Promise<Program | null> {
  const { signal } = lifetime
  return new Promise((resolve, reject) => {
    const over = () => resolve(null)
    if (signal.aborted) over()
    signal.addEventListener('abort', over)
    planned.then(resolve, reject).finally(() => signal.removeEventListener('abort', over))
  })
}

/** Authorizes, plans and executes. An internal error is logged and masked; the connection is not broken. */
export async function outcomeOf(
  { operations }: Serving,
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
  log: Log,
): Promise<Outcome> {
  try {
    const planned = operations.program(prepared, context.identity, variables)
    const program = operations.isPending(planned) ? await unlessOver(planned, context) : await planned
    return program === null ? TOO_LATE : await program.run(variables, context)
  } catch (error) {
    const { requestId } = context.trace
    if (error instanceof TooLarge) {
      log.warn({ requestId, reason: error.message }, 'an operation was not planned')
      return TOO_LARGE
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error({ requestId, error: stack }, 'a request failed')
    return MASKED
  }
}

/** The body of an answer; errors first, as the specification advises (7.1). */
export function shaped({ data, errors }: Outcome): string {
  return errors.length === 0 ? `{"data":${data}}` : `{"errors":${JSON.stringify(errors)},"data":${data}}`
}
