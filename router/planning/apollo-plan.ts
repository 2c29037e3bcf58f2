import type { QueryPlan, PlanNode as QueryPlanNode } from '@apollo/query-planner'
import type {
  ContextValue,
  EntityLane,
  PathStep,
  Plan,
  PlanNode,
  PlanPath,
  RequiredSelection,
  Rewrite,
  RewritePath,
} from './plan.ts'

type FetchNode = Extract<QueryPlanNode, { kind: 'Fetch' }>
type FetchRewrite = NonNullable<FetchNode['inputRewrites']>[number]
type Requirement = NonNullable<FetchNode['requires']>[number]

const TYPE_STEP = '... on '

/** A plan of `@apollo/query-planner` as one of ours. @throws where it has nodes that only @defer or subscriptions need. */
export function planOfApollo({ node }: QueryPlan): Plan {
  if (node?.kind === 'Subscription') throw new Error('subscriptions are not planned')
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
    default:
      throw new Error(`the plan has a ${node.kind} node`)
  }
}

function fetchOf(node: FetchNode, path: PlanPath): PlanNode {
  const fetch = {
    subgraph: node.serviceName,
    operation: node.operation,
    operationName: node.operationName ?? null,
    variables: node.variableUsages ?? [],
  }
  const outputRewrites = (node.outputRewrites ?? []).map(rewriteOf)
  if (node.requires) return { kind: 'entities', ...fetch, lanes: [laneOf(node, node.requires, path)] }
  if (node.operationKind === 'subscription') throw new Error('subscriptions are not planned')
  return { kind: 'root', ...fetch, operationKind: node.operationKind, path, outputRewrites }
}

function laneOf(node: FetchNode, requires: readonly Requirement[], path: PlanPath): EntityLane {
  return {
    alias: '_entities',
    variable: 'representations',
    paths: [path],
    requires: requires.map(requiredOf),
    inputRewrites: (node.inputRewrites ?? []).map(rewriteOf),
    outputRewrites: (node.outputRewrites ?? []).map(rewriteOf),
    contexts: (node.contextRewrites ?? []).map(contextOf),
  }
}

function requiredOf(selection: Requirement): RequiredSelection {
  if (selection.kind === 'Field') {
    const selections = selection.selections?.map(requiredOf) ?? null
    const name = selection.alias ?? selection.name
    return { kind: 'field', name, as: name, selections }
  }
  return {
    kind: 'fragment',
    type: selection.typeCondition ?? '',
    selections: selection.selections.map(requiredOf),
    skipIf: null,
    includeIf: null,
  }
}

function stepOf(step: string | number): PathStep {
  return step === '@' ? { kind: 'each' } : { kind: 'field', name: String(step) }
}

function rewriteOf(rewrite: FetchRewrite): Rewrite {
  const path = rewrite.path.slice(0, -1).map(rewriteStepOf)
  const name = rewrite.path.at(-1) ?? ''
  return rewrite.kind === 'ValueSetter'
    ? { kind: 'set', path, name, value: rewrite.setValueTo }
    : { kind: 'rename', path, name, to: rewrite.renameKeyTo }
}

function rewriteStepOf(step: string): RewritePath[number] {
  return step.startsWith(TYPE_STEP)
    ? { kind: 'types', names: [step.slice(TYPE_STEP.length)] }
    : { kind: 'field', name: step }
}

function contextOf(rewrite: FetchRewrite): ContextValue {
  if (rewrite.kind !== 'KeyRenamer') throw new Error('a context value is not a renamed key')
  const up = rewrite.path.findIndex((step) => step !== '..')
  return { up, path: rewrite.path.slice(up).map(rewriteStepOf), variable: rewrite.renameKeyTo }
}
