import { executeQueryPlan } from '@apollo/gateway'
import { GraphQLError, getVariableValues } from 'graphql'
import { rootIsRefused } from '../operation/refusal-tree.ts'
import type { PlannedOperation } from '../planning/operations.ts'
import type { Serving } from '../supergraph/serving.ts'
import { applyRefusals } from './apply-refusals.ts'
import { locate } from './error-paths.ts'
import type { RequestContext } from './request-context.ts'

/** What Apollo Server hands to a gateway, and takes back. */
type GatewayRequest = Parameters<typeof executeQueryPlan>[2]
type GatewayResult = Awaited<ReturnType<typeof executeQueryPlan>>

/** Runs a validated operation on one supergraph: variables, plan, fetches, shaping, refused fields, error paths. */
export async function execute(serving: Serving, request: GatewayRequest): Promise<GatewayResult> {
  const { supergraph, operations } = serving
  const { document, queryHash, request: sent } = request
  // Apollo Server asks a gateway only about documents that it parsed.
  if (!document || !queryHash) throw new Error('a document was expected')
  const prepared = operations.prepare(queryHash, document, sent.operationName)
  const variables = sent.variables ?? {}
  const coerced = getVariableValues(
    supergraph.clientSchema,
    prepared.operation.definition.variableDefinitions ?? [],
    variables,
    { maxErrors: 20 },
  )
  if (coerced.errors) return { errors: coerced.errors.map(badVariable) }
  // The gateway interface types the context as any record: it is what the router handed to Apollo Server.
  const { identity, lifetime } = request.context as RequestContext
  lifetime.mutates = prepared.operation.definition.operation === 'mutation'
  const planned = await operations.plan(prepared, identity)
  const runs = !isRefusedMutation(planned, coerced.coerced)
  return withRefusals(await run(serving, planned, request, runs), planned)
}

/** @param fetching false answers as if nothing were fetched. */
async function run(
  { supergraph, sources }: Serving,
  { plan, operation }: PlannedOperation,
  request: GatewayRequest,
  fetching: boolean,
): Promise<GatewayResult> {
  const { clientSchema, supergraphSchema, apiSchema } = supergraph
  const context = { schema: clientSchema, operation: operation.definition, fragments: operation.fragments }
  const steps = fetching ? plan : { kind: 'QueryPlan' as const }
  const result = await executeQueryPlan(steps, sources, request, context, supergraphSchema, apiSchema)
  const { data, errors, extensions } = result
  // Execution reports nulls in non-null places beside the errors (as an extension) when nothing else failed.
  const invalid: readonly GraphQLError[] = fetching ? (extensions?.valueCompletion ?? []) : []
  if (!errors && invalid.length === 0) return data === undefined ? result : { data }
  return {
    data,
    errors: [...(errors ?? []).map((error) => locate(asError(error), data)), ...invalid.map(incomplete)],
  }
}

function asError(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(String(error))
}

function incomplete({ message, path }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { path, extensions: { code: 'INTERNAL_SERVER_ERROR' } })
}

function badVariable(error: GraphQLError): GraphQLError {
  const { message, nodes } = error
  return new GraphQLError(message, { nodes, extensions: { code: 'BAD_USER_INPUT', http: { status: 400 } } })
}

/** A mutation of which a refused field makes all of `data` null: then nothing of it may run. */
function isRefusedMutation(
  { operation, refused }: PlannedOperation,
  variables: Record<string, unknown>,
): boolean {
  return (
    refused !== null &&
    operation.definition.operation === 'mutation' &&
    rootIsRefused(refused.operation, variables)
  )
}

function withRefusals(result: GatewayResult, { refused }: PlannedOperation): GatewayResult {
  if (!refused) return result
  const { data, errors } = applyRefusals(result.data, refused.tree, refused.operation.refusals)
  return { ...result, data: data as GatewayResult['data'], errors: [...errors, ...(result.errors ?? [])] }
}
