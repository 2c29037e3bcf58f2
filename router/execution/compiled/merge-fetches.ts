import {
  type ASTNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  type SelectionNode,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql'
import type { EntityFetch, EntityLane } from '../../planning/plan.ts'

type Parts = {
  readonly lanes: EntityLane[]
  /** By what they select and require: equal ones become one, with the paths of both. */
  readonly known: Map<string, number>
  readonly selections: SelectionNode[]
  readonly variables: Map<string, VariableDefinitionNode>
  readonly fragments: FragmentDefinitionNode[]
}

/** One request of several to one subgraph: an alias and a variable for each `_entities`, one for equal ones. */
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
    operation: textOf(first, parts),
    operationName: first.operationName,
    variables: clientVariables,
    lanes: parts.lanes,
  }
}

/** Representations travel under names that no variable of the client's has. */
function freePrefix(names: readonly string[]): string {
  let prefix = 'r'
  while (names.some((name) => name.startsWith(prefix) && /^\d+$/.test(name.slice(prefix.length))))
    prefix += 'r'
  return prefix
}

function addFetch(parts: Parts, fetch: EntityFetch, fragmentPrefix: string, variablePrefix: string): void {
  const document = withFragmentsRenamed(parse(fetch.operation, { noLocation: true }), fragmentPrefix)
  const operation = operationOf(document)
  const fragments = document.definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION)
  for (const definition of operation.variableDefinitions ?? []) {
    const name = definition.variable.name.value
    if (!fetch.lanes.some(({ variable }) => variable === name)) parts.variables.set(name, definition)
  }
  for (const lane of fetch.lanes) {
    const field = operation.selectionSet.selections.find(
      (node) => node.kind === Kind.FIELD && (node.alias ?? node.name).value === lane.alias,
    )
    if (field?.kind !== Kind.FIELD || !field.selectionSet) throw new Error(`no ${lane.alias} in a fetch`)
    const { requires, inputRewrites, outputRewrites } = lane
    const place = JSON.stringify([
      fragments.length > 0 ? fragmentPrefix : '',
      print(field.selectionSet),
      field.directives?.map(print),
      requires,
      inputRewrites,
      outputRewrites,
    ])
    const equal = parts.lanes[parts.known.get(place) ?? -1]
    if (equal) {
      parts.lanes[parts.lanes.indexOf(equal)] = { ...equal, paths: [...equal.paths, ...lane.paths] }
      continue
    }
    const index = parts.lanes.length
    const variable = `${variablePrefix}${index}`
    parts.known.set(place, index)
    parts.lanes.push({ ...lane, alias: `_${index}`, variable })
    parts.selections.push(withVariable({ ...field, alias: nameOf(`_${index}`) }, lane.variable, variable))
    parts.variables.set(variable, representationsNamed(variable))
  }
  parts.fragments.push(...fragments)
}

function nameOf(value: string) {
  return { kind: Kind.NAME as const, value }
}

function withVariable(field: SelectionNode, from: string, to: string): SelectionNode {
  return visit(field, {
    Variable: (node) => (node.name.value === from ? { ...node, name: nameOf(to) } : undefined),
  })
}

function representationsNamed(variable: string): VariableDefinitionNode {
  const { variableDefinitions = [] } = operationOf(
    parse(`query($${variable}:[_Any!]!){__typename}`, { noLocation: true }),
  )
  const [definition] = variableDefinitions
  if (!definition) throw new Error('the definition was just written')
  return definition
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
    name: nameOf(prefix + node.name.value),
  })
  return visit(document, { FragmentDefinition: renamed, FragmentSpread: renamed })
}

function textOf({ operationName }: EntityFetch, { selections, variables, fragments }: Parts): string {
  const operation: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    // The type is graphql-js's enum, whose values are these words.
    operation: 'query' as OperationDefinitionNode['operation'],
    name: operationName === null ? undefined : nameOf(operationName),
    variableDefinitions: [...variables.values()],
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  }
  return stripIgnoredCharacters(print({ kind: Kind.DOCUMENT, definitions: [operation, ...fragments] }))
}
