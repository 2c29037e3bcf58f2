import type {
  BatchFetchNode,
  FetchNode,
  FetchNodePathSegment,
  FetchRewrite,
  FlattenNodePathSegment,
  QueryPlan,
  PlanNode as QueryPlanNode,
  RequiresSelection,
} from '@graphql-hive/router-query-planner'
import type {
  EntityLane,
  PathStep,
  Plan,
  PlanNode,
  PlanPath,
  RequiredSelection,
  Rewrite,
  RewritePath,
} from './plan.ts'

/** A plan of `@graphql-hive/router-query-planner` as one of ours. @throws where it has nodes that nothing asked for. */
export function planOfHive({ node }: QueryPlan): Plan {
  return { root: node ? nodeOf(node, []) : null }
}

function nodeOf(node: QueryPlanNode, path: PlanPath): PlanNode {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', nodes: node.nodes.map((child) => nodeOf(child, path)) }
    case 'Parallel':
      return { kind: 'parallel', nodes: node.nodes.map((child) => nodeOf(child, path)) }
    case 'Flatten':
      return nodeOf(node.node, [...path, ...node.path.map(stepOf)])
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        whenTrue: node.ifClause ? nodeOf(node.ifClause, path) : null,
        whenFalse: node.elseClause ? nodeOf(node.elseClause, path) : null,
      }
    case 'Fetch':
      return fetchOf(node, path)
    case 'BatchFetch':
      return batchOf(node, path)
    default:
      throw new Error(`the plan has a ${node.kind} node`)
  }
}

function partsOf(node: FetchNode | BatchFetchNode) {
  return {
    subgraph: node.serviceName,
    operation: node.operation,
    operationName: node.operationName ?? null,
    variables: node.variableUsages ?? [],
  }
}

function fetchOf(node: FetchNode, path: PlanPath): PlanNode {
  const fetch = partsOf(node)
  const outputRewrites = (node.outputRewrites ?? []).map(rewriteOf)
  if (node.requires) {
    const lane: EntityLane = {
      alias: '_entities',
      variable: 'representations',
      paths: [path],
      requires: node.requires.map(requiredOf),
      inputRewrites: (node.inputRewrites ?? []).map(rewriteOf),
      outputRewrites,
      contexts: [],
    }
    return { kind: 'entities', ...fetch, lanes: [lane] }
  }
  if (node.operationKind === 'subscription') throw new Error('subscriptions are not planned')
  return { kind: 'root', ...fetch, operationKind: node.operationKind ?? 'query', path, outputRewrites }
}

function batchOf(node: BatchFetchNode, path: PlanPath): PlanNode {
  const lanes = node.entityBatch.aliases.map((lane) => ({
    alias: lane.alias,
    variable: lane.representationsVariableName,
    paths: lane.paths.map((below) => [...path, ...below.map(stepOf)]),
    requires: lane.requires.map(requiredOf),
    inputRewrites: (lane.inputRewrites ?? []).map(rewriteOf),
    outputRewrites: (lane.outputRewrites ?? []).map(rewriteOf),
    contexts: [],
  }))
  return { kind: 'entities', ...partsOf(node), lanes }
}

function requiredOf(selection: RequiresSelection): RequiredSelection {
  if (selection.kind === 'Field') {
    const below = selection.selections
    const selections = below && below.length > 0 ? below.map(requiredOf) : null
    // Fetched under a name of the planner's own, where two fetches require one field with different arguments.
    return { kind: 'field', name: selection.name, as: selection.alias ?? selection.name, selections }
  }
  if (selection.kind === 'FragmentSpread') throw new Error('a requirement spreads a fragment')
  return {
    kind: 'fragment',
    type: selection.typeCondition,
    selections: selection.selections.map(requiredOf),
    skipIf: selection.skipIf ?? null,
    includeIf: selection.includeIf ?? null,
  }
}

function stepOf(step: FlattenNodePathSegment): PathStep {
  if (step === '@') return { kind: 'each' }
  return 'Field' in step ? { kind: 'field', name: step.Field } : { kind: 'types', names: step.TypeCondition }
}

function rewriteOf(rewrite: FetchRewrite): Rewrite {
  const isSet = 'setValueTo' in rewrite || 'ValueSetter' in rewrite
  if (isSet) {
    const { path, setValueTo } = 'ValueSetter' in rewrite ? rewrite.ValueSetter : rewrite
    return { kind: 'set', ...placeOf(path), value: setValueTo }
  }
  const { path, renameKeyTo } = rewrite.KeyRenamer
  return { kind: 'rename', ...placeOf(path), to: renameKeyTo }
}

function placeOf(path: readonly FetchNodePathSegment[]): {
  readonly path: RewritePath
  readonly name: string
} {
  const last = path.at(-1)
  if (!last || !('Key' in last)) throw new Error('a rewrite names no key')
  return { path: path.slice(0, -1).map(rewriteStepOf), name: last.Key }
}

function rewriteStepOf(step: FetchNodePathSegment): RewritePath[number] {
  return 'Key' in step ? { kind: 'field', name: step.Key } : { kind: 'types', names: step.TypenameEquals }
}
