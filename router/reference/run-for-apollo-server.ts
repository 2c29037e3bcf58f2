import type { executeQueryPlan } from '@apollo/gateway'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { parseExactly } from '../json/exact-json.ts'
import { coerceVariables } from '../operation/coerce-variables.ts'
import { admitCost } from '../operation/cost/cost-limit.ts'
import { variableErrors } from '../operation/variable-errors.ts'
import type { RequestContext } from '../request-context.ts'
import type { Serving } from '../serving.ts'
import type { RouterSettings } from '../settings.ts'

/** Request and response between Apollo Server and a gateway. */
type GatewayRequest = Parameters<typeof executeQueryPlan>[2]
type GatewayResult = Awaited<ReturnType<typeof executeQueryPlan>>

/** Runs a validated operation of Apollo Server's on one supergraph. */
export async function execute(
  serving: Serving,
  request: GatewayRequest,
  { cost: { maximum, mode } }: RouterSettings['limits'],
): Promise<GatewayResult> {
  const { supergraph, operations } = serving
  const { document, queryHash, request: sent } = request
  // Apollo Server asks a gateway only about documents that it parsed.
  if (!document || !queryHash) throw new Error('a document was expected')
  const prepared = operations.prepare(queryHash, () => document, sent.operationName)
  const { clientSchema } = supergraph
  const { variableDefinitions } = prepared
  const given = sent.variables ?? {}
  const coerced = coerceVariables(clientSchema, variableDefinitions, given, Number.POSITIVE_INFINITY)
  if (typeof coerced === 'string')
    return { errors: variableErrors(clientSchema, variableDefinitions, given, false).map(badVariable) }
  const enforces = mode === 'enforce'
  const refused = admitCost(prepared.cost, coerced.values, { maximum, enforces, estimated: 0 })
  if (refused) return { errors: [badRequest(refused)] }
  // The gateway interface types the context as any record: it is what the router handed to Apollo Server.
  const { identity, lifetime } = request.context as RequestContext
  lifetime.mutates = prepared.kind === 'mutation'
  const program = await operations.program(prepared, identity, coerced.values)
  const { data, errors } = await program.run(coerced.values, request.context as RequestContext)
  return {
    // Apollo Server writes it by JSON.stringify, which knows exact numbers.
    data: data === null ? null : (parseExactly(data, Number.POSITIVE_INFINITY) as Record<string, unknown>),
    ...(errors.length > 0 && {
      errors: errors.map(({ message, ...rest }) => new GraphQLError(message, rest)),
    }),
  }
}

function badRequest({ message, extensions }: GraphQLFormattedError): GraphQLError {
  return new GraphQLError(message, { extensions: { ...extensions, http: { status: 400 } } })
}

function badVariable(error: GraphQLError): GraphQLError {
  const { message, nodes } = error
  return new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } })
}
