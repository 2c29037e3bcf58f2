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

/** Reads what an entity requires. */
export type ReadRequires = (requires: readonly RequiresSelection[]) => readonly RequiredSelection[]

/** So many different requirements are kept; then all are forgotten. */
const REQUIREMENTS = 1_000

/** Gives equal requirements one object: the plans of a supergraph have few different ones, most of them keys. */
export function sharedRequires(): ReadRequires {
  const known = new Map<string, readonly RequiredSelection[]>()
  return (requires) => {
    const text = JSON.stringify(requires)
    const found = known.get(text)
    if (found) return found
    if (known.size >= REQUIREMENTS) known.clear()
    const read = requires.map(requiredOf)
    known.set(text, read)
    return read
  }
}

/**
 * A plan of `@graphql-hive/router-query-planner` as one of ours.
 * @throws where it has nodes that nothing asked for.
 */
export function planOfHive({ node }: QueryPlan, readRequires: ReadRequires = sharedRequires()): Plan {
  return { root: node ? nodeOf(node, [], readRequires) : null }
}

function nodeOf(node: QueryPlanNode, path: PlanPath, requiresOf: ReadRequires): PlanNode {
  switch (node.kind) {
    case 'Sequence':
      return { kind: 'sequence', nodes: node.nodes.map((child) => nodeOf(child, path, requiresOf)) }
    case 'Parallel':
      return { kind: 'parallel', nodes: node.nodes.map((child) => nodeOf(child, path, requiresOf)) }
    case 'Flatten':
      return nodeOf(node.node, [...path, ...node.path.map(stepOf)], requiresOf)
    case 'Condition':
      return {
        kind: 'condition',
        variable: node.condition,
        whenTrue: node.ifClause ? nodeOf(node.ifClause, path, requiresOf) : null,
        whenFalse: node.elseClause ? nodeOf(node.elseClause, path, requiresOf) : null,
      }
    case 'Fetch':
      return fetchOf(node, path, requiresOf)
    case 'BatchFetch':
      return batchOf(node, path, requiresOf)
    default:
      throw new Error(`the plan has a ${node.kind} node`)
  }
}

function partsOf(node: FetchNode | BatchFetchNode) {
  return {
    subgraph: node.serviceName,
    operation: node.operation,
    operationName: node.operationName ?? null,
    variables: node.variableUsages ?? NONE,
  }
}

function fetchOf(node: FetchNode, path: PlanPath, requiresOf: ReadRequires): PlanNode {
  const fetch = partsOf(node)
  const outputRewrites = rewritesOf(node.outputRewrites)
  if (node.requires) {
    const lane: EntityLane = {
      alias: '_entities',
      variable: 'representations',
      paths: [path],
      requires: requiresOf(node.requires),
      inputRewrites: rewritesOf(node.inputRewrites),
      outputRewrites,
      contexts: NONE,
    }
    return { kind: 'entities', ...fetch, lanes: [lane] }
  }
  if (node.operationKind === 'subscription') throw new Error('subscriptions are not planned')
  return { kind: 'root', ...fetch, operationKind: node.operationKind ?? 'query', path, outputRewrites }
}

function batchOf(node: BatchFetchNode, path: PlanPath, requiresOf: ReadRequires): PlanNode {
  const lanes = node.entityBatch.aliases.map((lane) => ({
    alias: lane.alias,
    variable: lane.representationsVariableName,
    paths: lane.paths.map((below) => [...path, ...below.map(stepOf)]),
    requires: requiresOf(lane.requires),
    inputRewrites: rewritesOf(lane.inputRewrites),
    outputRewrites: rewritesOf(lane.outputRewrites),
    contexts: NONE,
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

/** One for all that have none. */
const NONE: readonly never[] = []

function rewritesOf(rewrites: readonly FetchRewrite[] | null | undefined): readonly Rewrite[] {
  return rewrites && rewrites.length > 0 ? rewrites.map(rewriteOf) : NONE
}

const EACH: PathStep = { kind: 'each' }

function stepOf(step: FlattenNodePathSegment): PathStep {
  if (step === '@') return EACH
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
