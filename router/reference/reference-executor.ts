// Tested in ../conformance/features.test.ts: both executors give the same answers.

import { executeQueryPlan } from '@apollo/gateway'
import { prettyFormatQueryPlan, type QueryPlan } from '@apollo/query-planner'
import { GraphQLError, type GraphQLFormattedError } from 'graphql'
import { bounded } from '../execution/answer-errors.ts'
import { type PicturedRequest, planPicture } from '../execution/plan-picture.ts'
import { type RefusalTree, refusalTree, rootIsRefused } from '../operation/authorization/denied-field-tree.ts'
import type { RestrictedOperation } from '../operation/authorization/denied-fields.ts'
import type { Executor, ExposedPlan, Outcome } from '../operation/executor.ts'
import type { Operation } from '../operation/operation.ts'
import type { RequestContext } from '../request-context.ts'
import type { LoadedSupergraph } from '../supergraph/supergraph.ts'
import type { QueryPlans } from './apollo-query-plans.ts'
import { applyRefusals } from './apply-denials.ts'
import { locate } from './locate-errors.ts'

/** The subgraphs in the form that `executeQueryPlan` uses, by name. */
export type ReferenceSources = Parameters<typeof executeQueryPlan>[1]

type PlanNode = NonNullable<QueryPlan['node']>
type GatewayRequest = Parameters<typeof executeQueryPlan>[2]
type Refused = { readonly operation: RestrictedOperation; readonly tree: RefusalTree }

/** The program of an operation: created once, used by every request. */
type Prepared = {
  readonly supergraph: LoadedSupergraph
  readonly sources: ReferenceSources
  readonly operation: Operation
  readonly plan: QueryPlan
  readonly refused: Refused | null
}

/** The plain executor: `executeQueryPlan` of `@apollo/gateway`, with the router's error paths and refused fields. */
export function referenceExecutor(
  supergraph: LoadedSupergraph,
  sources: ReferenceSources,
  plans: QueryPlans,
): Executor {
  return {
    async compile(operation) {
      const plan = await plans(operation)
      const refused = 'refusals' in operation ? { operation, tree: refusalTree(operation, supergraph) } : null
      const prepared = { supergraph, sources, operation, plan, refused }
      return {
        run: (variables, context) => run(prepared, variables, context),
        explain: () => 'program: executeQueryPlan of @apollo/gateway',
        plan: async () => exposed(plan),
      }
    },
  }
}

function exposed(plan: QueryPlan): ExposedPlan {
  const requests: PicturedRequest[] = []
  // @returns the positions of the last requests of a node.
  const add = (node: PlanNode, paths: readonly string[], after: readonly number[]): readonly number[] => {
    switch (node.kind) {
      case 'Sequence':
        return node.nodes.reduce((before, next) => add(next, paths, before), after)
      case 'Parallel':
        return node.nodes.flatMap((next) => add(next, paths, after))
      case 'Flatten':
        return add(node.node, [node.path.join('.')], after)
      case 'Fetch':
        return [requests.push({ subgraph: node.serviceName, paths, after }) - 1]
      case 'Condition':
        return [node.ifClause, node.elseClause].flatMap((next) => (next ? add(next, paths, after) : []))
      default:
        throw new Error(`the plan of a query or mutation has no ${node.kind}`)
    }
  }
  if (plan.node) add(plan.node, [], [])
  return { object: plan, text: prettyFormatQueryPlan(plan), picture: planPicture(requests) }
}

async function run(
  prepared: Prepared,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
): Promise<Outcome> {
  const { refused } = prepared
  const result = await executed(prepared, variables, context)
  const { data, errors } = refused
    ? applyRefusals(result.data, refused.tree, refused.operation.refusals)
    : { data: result.data, errors: [] }
  return {
    data: data === undefined || data === null ? null : JSON.stringify(data),
    errors: bounded([...errors, ...result.errors].map(coded)),
  }
}

async function executed(
  { supergraph, sources, operation, plan, refused }: Prepared,
  variables: Readonly<Record<string, unknown>>,
  context: RequestContext,
): Promise<{ readonly data: unknown; readonly errors: readonly GraphQLError[] }> {
  const { clientSchema, supergraphSchema, apiSchema } = supergraph
  // Each run has its own readers, even of two operations in one request.
  const request = requestOf(variables, { ...context, readers: new Map() })
  const operationContext = {
    schema: clientSchema,
    operation: operation.definition,
    fragments: operation.fragments,
  }
  // If a refused field makes all of `data` null, no field of the mutation may run.
  const runs = !(
    refused &&
    operation.definition.operation === 'mutation' &&
    rootIsRefused(refused.operation, variables)
  )
  const steps = runs ? plan : { kind: 'QueryPlan' as const }
  const result = await executeQueryPlan(
    steps,
    sources,
    request,
    operationContext,
    supergraphSchema,
    apiSchema,
  )
  const { data, errors = [], extensions } = result
  // Execution reports nulls in non-null places beside the errors (as an extension) when nothing else failed.
  const invalid: readonly GraphQLError[] = runs ? (extensions?.valueCompletion ?? []) : []
  return {
    data,
    errors: [...errors.flatMap((error) => locate(asError(error), data)), ...invalid.map(incomplete)],
  }
}

/** The part of Apollo Server's request that execution reads. */
function requestOf(variables: Readonly<Record<string, unknown>>, context: RequestContext): GatewayRequest {
  const request = { request: { variables }, context, metrics: {} }
  // The type is that of a whole request of Apollo Server; execution reads these three and a logger, if there is one.
  return request as unknown as GatewayRequest
}

/** An error without a code was found by execution itself. */
function coded(error: GraphQLError): GraphQLFormattedError {
  const { message, path, extensions } = error
  const code = extensions.code ?? 'INTERNAL_SERVER_ERROR'
  return { message, path, extensions: { ...extensions, code } }
}

function asError(error: unknown): GraphQLError {
  return error instanceof GraphQLError ? error : new GraphQLError(String(error))
}

function incomplete({ message, path }: GraphQLError): GraphQLError {
  return new GraphQLError(message, { path, extensions: { code: 'INTERNAL_SERVER_ERROR' } })
}
