import { GraphQLError, type GraphQLFormattedError, getVariableValues, parse } from 'graphql'
import type { Outcome } from '../execution/executor.ts'
import type { RequestContext } from '../execution/request-context.ts'
import { MASKED_MESSAGE } from '../fetching/subgraph-error.ts'
import { InvalidDocument } from '../operation/document.ts'
import { selectOperation } from '../operation/operation.ts'
import type { PreparedOperation } from '../planning/operations.ts'
import type { Serving } from '../supergraph/serving.ts'
import type { Log } from '../telemetry/log.ts'
import { badRequest, Refusal } from './refusal.ts'

/** Parse, validate: once for each text. @throws Refusal */
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
    if (error instanceof InvalidDocument) throw new Refusal(status, error.errors.map(badInput))
    if (error instanceof GraphQLError) throw new Refusal(status, [badInput(error)])
    throw error
  }
}

/** More errors than these help nobody, and each costs. */
const MAX_ERRORS = 20

/** @throws Refusal that tells every variable whose value is not of its type. @param text of the operation's document. */
export function coercedVariables(
  { supergraph }: Serving,
  { name, variableDefinitions: definitions }: PreparedOperation,
  given: Readonly<Record<string, unknown>>,
  { text, status, suggests }: { readonly text: string; readonly status: number; readonly suggests: boolean },
): Record<string, unknown> {
  const coerce = (variableDefinitions: PreparedOperation['variableDefinitions']) =>
    getVariableValues(supergraph.clientSchema, variableDefinitions, given, {
      maxErrors: MAX_ERRORS,
      hideSuggestions: !suggests,
    })
  const { coerced } = coerce(definitions)
  if (coerced) return coerced
  // Errors tell where: a known document does not remember it.
  const located = selectOperation(parse(text), name, supergraph)
  throw new Refusal(status, coerce(located.definition.variableDefinitions ?? []).errors?.map(badInput) ?? [])
}

function badInput({ message, locations, path }: GraphQLError): GraphQLFormattedError {
  return { message, locations, path, extensions: { code: 'BAD_USER_INPUT' } }
}

const MASKED: Outcome = {
  data: null,
  errors: [{ message: MASKED_MESSAGE, extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
}

/** Authorize, plan, execute. A fault of ours is logged and masked, never a broken connection. */
export async function outcomeOf(
  { operations }: Serving,
  prepared: PreparedOperation,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
  log: Log,
): Promise<Outcome> {
  try {
    const program = await operations.program(prepared, context.identity)
    return await program.run(variables, context)
  } catch (error) {
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
    log.error({ requestId: context.trace.requestId, error: stack }, 'a request failed')
    return MASKED
  }
}

/** The body of an answer; errors first, as the specification advises (7.1). */
export function shaped({ data, errors }: Outcome): string {
  return errors.length === 0 ? `{"data":${data}}` : `{"errors":${JSON.stringify(errors)},"data":${data}}`
}
