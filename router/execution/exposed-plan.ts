import type { QueryPlan } from '@apollo/query-planner'
import type { OperationTypeNode } from 'graphql'
import type { Conditions } from '../operation/conditions.ts'
import type { ExposedPlan } from '../operation/executor.ts'
import { mergeSteps } from '../planning/passes/merge-steps.ts'
import type { EntityFetch, PlanPath, RequiredSelection, RootFetch, Step } from '../planning/plan.ts'
import type { Sources } from './lazy-operation.ts'
import { type PicturedRequest, planPicture } from './plan-picture.ts'

type PlanNode = Exclude<QueryPlan['node'], undefined>
// The nodes of queries and mutations in Apollo's plans.
type StepNode = Exclude<PlanNode, { kind: 'Subscription' }>
type Required = NonNullable<Extract<StepNode, { kind: 'Fetch' }>['requires']>[number]

/**
 * The requests of an operation in the form of Apollo's query plans, which its tools read. Requests of one
 * level are parallel. A request for entities at several paths is listed once for each path, with the same
 * `id`.
 */
export async function exposedPlan(sources: Sources, conditions: Conditions): Promise<ExposedPlan> {
  const { operation: read, planned } = sources.read()
  const steps = mergeSteps(planned.stepsFor(conditions))
  sources.release()
  const { operation } = read.definition
  const nodes = levelsOf(steps).map((level) =>
    oneOr(
      'Parallel',
      level.flatMap((step) => nodesOf(step, String(steps.indexOf(step) + 1), operation)),
    ),
  )
  const object: QueryPlan = { kind: 'QueryPlan', ...(nodes.length > 0 && { node: oneOr('Sequence', nodes) }) }
  // The module takes 4 MB, so it is loaded on demand.
  const { prettyFormatQueryPlan } = await import('@apollo/query-planner')
  return { object, text: prettyFormatQueryPlan(object), picture: planPicture(steps.map(pictured)) }
}

function pictured({ fetch, after }: Step, _: number, steps: readonly Step[]): PicturedRequest {
  const paths = fetch.kind === 'root' ? [fetch.path] : fetch.lanes.flatMap((lane) => lane.paths)
  return {
    subgraph: fetch.subgraph,
    paths: paths.filter((path) => path.length > 0).map((path) => apolloPath(path).join('.')),
    after: [...after].map((step) => steps.indexOf(step)),
  }
}

/** Each level waits for those before. */
function levelsOf(steps: readonly Step[]): readonly (readonly Step[])[] {
  const depths = new Map<Step, number>()
  const levels: Step[][] = []
  // A step stands after those that it waits for.
  for (const step of steps) {
    const depth = Math.max(-1, ...[...step.after].map((before) => depths.get(before) ?? -1)) + 1
    depths.set(step, depth)
    const level = levels[depth]
    if (level) level.push(step)
    else levels[depth] = [step]
  }
  return levels
}

function oneOr(kind: 'Parallel' | 'Sequence', nodes: StepNode[]): StepNode {
  const [only] = nodes
  return only && nodes.length === 1 ? only : { kind, nodes }
}

function nodesOf({ fetch }: Step, id: string, operation: `${OperationTypeNode}`): StepNode[] {
  if (fetch.kind === 'root') {
    const kind = fetch.path.length === 0 ? operation : 'query'
    return [flattened(fetch.path, fetchNode(fetch, kind))]
  }
  const places = fetch.lanes.flatMap((lane) => lane.paths.map((path) => ({ lane, path })))
  return places.map(({ lane, path }) => {
    const requires = lane.requires.map(requiredNode)
    return flattened(path, {
      ...fetchNode(fetch, 'query'),
      ...(places.length > 1 && { id }),
      requires,
    })
  })
}

function fetchNode(
  { subgraph, operation, operationName, variables }: RootFetch | EntityFetch,
  kind: `${OperationTypeNode}`,
): Extract<StepNode, { kind: 'Fetch' }> {
  return {
    kind: 'Fetch',
    serviceName: subgraph,
    variableUsages: [...variables],
    operation,
    operationName: operationName ?? undefined,
    // The enum's values are these texts.
    operationKind: kind as OperationTypeNode,
  }
}

function flattened(path: PlanPath, node: StepNode): StepNode {
  return path.length === 0 ? node : { kind: 'Flatten', path: apolloPath(path), node }
}

/** `@` for each element of a list, types behind the field whose objects they are of: `media|[Book,Film]`. */
function apolloPath(path: PlanPath): string[] {
  const parts: string[] = []
  for (const step of path) {
    if (step.kind === 'field') parts.push(step.name)
    else if (step.kind === 'each') parts.push('@')
    else parts.push(`${parts.pop() ?? ''}|[${step.names.join(',')}]`)
  }
  return parts
}

function requiredNode(selection: RequiredSelection): Required {
  const selections = selection.selections?.map(requiredNode)
  if (selection.kind === 'field')
    return { kind: 'Field', name: selection.as, ...(selections && { selections }) }
  return { kind: 'InlineFragment', typeCondition: selection.type, selections: selections ?? [] }
}
