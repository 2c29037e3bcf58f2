import {
  type ASTNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
  visit,
} from 'graphql'
import type { EntityFetch, EntityLane, FetchPieces } from '../plan.ts'

/** Parts of the merged request. */
type Parts = {
  readonly lanes: EntityLane[]
  /** By their selections: equal parts become one, with the paths of both. */
  readonly known: Map<string, number[]>
  readonly selections: string[]
  readonly variables: Map<string, string>
  readonly fragments: string[]
}

/**
 * Merges several requests to one subgraph into one: an alias and a variable for each `_entities`, a single
 * one for equal ones.
 */
export function mergeFetches(fetches: readonly EntityFetch[]): EntityFetch {
  const [first] = fetches
  if (!first) throw new Error('there is nothing to merge')
  const clientVariables = [...new Set(fetches.flatMap(({ variables }) => variables))]
  const parts: Parts = {
    lanes: [],
    known: new Map(),
    selections: [],
    variables: new Map(),
    fragments: [],
  }
  const prefix = freePrefix(clientVariables)
  fetches.forEach((fetch, index) => {
    addFetch(parts, fetch, `f${index}_`, prefix)
  })
  return {
    kind: 'entities',
    subgraph: first.subgraph,
    operation: operationText(first, parts),
    operationName: first.operationName,
    variables: clientVariables,
    lanes: parts.lanes,
  }
}

/** A prefix for the variables of representations, which no variable of the client has. */
function freePrefix(names: readonly string[]): string {
  let prefix = 'r'
  while (names.some((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))))
    prefix += 'r'
  return prefix
}

function addFetch(parts: Parts, fetch: EntityFetch, fragmentPrefix: string, variablePrefix: string): void {
  const { selections, variables, fragments } = fetch.pieces
    ? { ...fetch.pieces, fragments: [] }
    : piecesOf(fetch, fragmentPrefix)
  for (const [name, declaration] of variables) parts.variables.set(name, declaration)
  for (const [position, lane] of fetch.lanes.entries()) {
    const selected = selections[position] ?? ''
    const scope = fragments.length > 0 ? fragmentPrefix : ''
    const alike = parts.known.get(scope + selected) ?? []
    parts.known.set(scope + selected, alike)
    const known = alike.find((other) => needsTheSame(parts.lanes[other], lane))
    const equal = known === undefined ? undefined : parts.lanes[known]
    if (known !== undefined && equal) {
      parts.lanes[known] = { ...equal, paths: [...equal.paths, ...lane.paths] }
      continue
    }
    const index = parts.lanes.length
    const variable = `${variablePrefix}${index}`
    alike.push(index)
    parts.lanes.push({ ...lane, alias: `_${index}`, variable })
    parts.selections.push(`_${index}:_entities(representations:$${variable})${selected}`)
    parts.variables.set(variable, `$${variable}:[_Any!]!`)
  }
  parts.fragments.push(...fragments)
}

function needsTheSame(one: EntityLane | undefined, other: EntityLane): boolean {
  return (
    one !== undefined &&
    areEqual(one.requires, other.requires) &&
    areEqual(one.inputRewrites, other.inputRewrites) &&
    areEqual(one.outputRewrites, other.outputRewrites)
  )
}

/** Most are the same object: requirements are, if planned directly or by Hive's planner. */
function areEqual(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other)
}

function piecesOf(
  { operation: text, lanes }: EntityFetch,
  fragmentPrefix: string,
): FetchPieces & { readonly fragments: readonly string[] } {
  const { document, textOf } = readFetch(text, fragmentPrefix)
  const operation = operationOf(document)
  const variables = new Map<string, string>()
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    if (!lanes.some(({ variable }) => variable === name)) variables.set(name, textOf(definition))
  }
  const selections = lanes.map(({ alias }) => {
    const field = operation.selectionSet.selections.find(
      (node) => node.kind === Kind.FIELD && (node.alias ?? node.name).value === alias,
    )
    if (field?.kind !== Kind.FIELD || !field.selectionSet) throw new Error(`no ${alias} in a fetch`)
    return [...(field.directives ?? []), field.selectionSet].map(textOf).join('')
  })
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  return { selections, variables, fragments: fragments.map(textOf) }
}

/**
 * A fetch with the texts of its parts. They are cut out of its own text, which planners write compactly, or
 * printed if fragments are renamed. With Apollo's plans, printing parsed texts took a fifth of compiling.
 */
function readFetch(
  text: string,
  fragmentPrefix: string,
): { readonly document: DocumentNode; readonly textOf: (node: ASTNode) => string } {
  if (text.includes('fragment ')) {
    const document = withFragmentsRenamed(parse(text, { noLocation: true }), fragmentPrefix)
    return { document, textOf: (node) => stripIgnoredCharacters(print(node)) }
  }
  return { document: parse(text), textOf: ({ loc }) => text.slice(loc?.start, loc?.end) }
}

function operationOf({ definitions }: DocumentNode): OperationDefinitionNode {
  const operation = definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('a fetch has no operation')
  return operation
}

function withFragmentsRenamed(document: DocumentNode, prefix: string): DocumentNode {
  const renamed = <Node extends ASTNode & { readonly name: { readonly value: string } }>(
    node: Node,
  ): Node => ({
    ...node,
    name: { kind: Kind.NAME, value: prefix + node.name.value },
  })
  return visit(document, { FragmentDefinition: renamed, FragmentSpread: renamed })
}

function operationText({ operationName }: EntityFetch, { selections, variables, fragments }: Parts): string {
  const head = `query ${operationName ?? ''}(${[...variables.values()].join('')})`
  return `${head}{${selections.join('')}}${fragments.join('')}`
}
