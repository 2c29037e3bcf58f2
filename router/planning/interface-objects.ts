import {
  type ConstDirectiveNode,
  type GraphQLSchema,
  isEnumType,
  Kind,
  parse,
  type SelectionSetNode,
} from 'graphql'
import { responseNameOf } from './data-keys.ts'
import type { EntityFetch, EntityLane, Plan, PlanNode, Rewrite } from './plan.ts'

/** `subgraph interface`, for each interface that a subgraph has as an object (`@interfaceObject`). */
export type InterfaceObjects = ReadonlySet<string>

/** A selection of an interface as an object. */
export type ObjectSelection = {
  readonly lane: EntityLane
  readonly interfaceName: string
  readonly selectionSet: SelectionSetNode
}

export function interfaceObjects(supergraphSchema: GraphQLSchema): InterfaceObjects {
  const graphs = supergraphSchema.getType('join__Graph')
  const names = new Map(
    (isEnumType(graphs) ? graphs.getValues() : []).map(({ name, astNode }) => [
      name,
      argumentOf(
        astNode?.directives?.find((one) => one.name.value === 'join__graph'),
        'name',
      ),
    ]),
  )
  const found = new Set<string>()
  for (const { name, astNode } of Object.values(supergraphSchema.getTypeMap())) {
    for (const directive of astNode?.directives ?? []) {
      if (argumentOf(directive, 'isInterfaceObject') !== true) continue
      found.add(`${names.get(String(argumentOf(directive, 'graph')))} ${name}`)
    }
  }
  return found
}

function argumentOf(directive: ConstDirectiveNode | undefined, name: string): unknown {
  const value = directive?.arguments?.find((argument) => argument.name.value === name)?.value
  return value && 'value' in value ? value.value : undefined
}

export function entityFetches(node: PlanNode): readonly EntityFetch[] {
  switch (node.kind) {
    case 'sequence':
    case 'parallel':
      return node.nodes.flatMap(entityFetches)
    case 'condition':
      return [node.whenTrue, node.whenFalse].flatMap((branch) => (branch ? entityFetches(branch) : []))
    case 'entities':
      return [node]
    default:
      return []
  }
}

/** What a fetch asks of interfaces as objects. */
export function objectSelections(fetch: EntityFetch, known: InterfaceObjects): readonly ObjectSelection[] {
  if (![...known].some((one) => one.startsWith(`${fetch.subgraph} `))) return []
  const { definitions } = parse(fetch.operation, { noLocation: true })
  const [operation] = definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION)
  return (operation?.selectionSet.selections ?? []).flatMap((field) => {
    if (field.kind !== Kind.FIELD) return []
    const lane = fetch.lanes.find(({ alias }) => alias === responseNameOf(field))
    return (field.selectionSet?.selections ?? []).flatMap((selection) => {
      if (!lane || selection.kind !== Kind.INLINE_FRAGMENT) return []
      const interfaceName = selection.typeCondition?.name.value ?? ''
      const isObject = known.has(`${fetch.subgraph} ${interfaceName}`)
      return isObject ? [{ lane, interfaceName, selectionSet: selection.selectionSet }] : []
    })
  })
}

/**
 * A plan that calls objects by the interface wherever a subgraph has only that: both planners forget it for fragments
 * under conditions, and the subgraph answers an error for a type that it does not know.
 */
export function withInterfaceNames(plan: Plan, known: InterfaceObjects): Plan {
  const selections = (plan.root ? entityFetches(plan.root) : []).flatMap((fetch) =>
    objectSelections(fetch, known),
  )
  if (selections.length === 0) return plan
  return withLanes(plan, (lane) => {
    const isNamed = lane.inputRewrites.some(({ kind, name }) => kind === 'set' && name === '__typename')
    const names = selections.filter((one) => one.lane === lane).map(({ interfaceName }) => interfaceName)
    if (isNamed || names.length === 0) return lane
    const rewrites = names.map(
      (name): Rewrite => ({
        kind: 'set',
        path: [{ kind: 'types', names: [name] }],
        name: '__typename',
        value: name,
      }),
    )
    return { ...lane, inputRewrites: [...lane.inputRewrites, ...rewrites] }
  })
}

/** The plan with each of its lanes changed. */
export function withLanes({ root }: Plan, change: (lane: EntityLane) => EntityLane): Plan {
  return { root: root && mapped(root, (fetch) => ({ ...fetch, lanes: fetch.lanes.map(change) })) }
}

function mapped(node: PlanNode, change: (fetch: EntityFetch) => EntityFetch): PlanNode {
  switch (node.kind) {
    case 'sequence':
    case 'parallel':
      return { ...node, nodes: node.nodes.map((child) => mapped(child, change)) }
    case 'condition': {
      const { whenTrue, whenFalse } = node
      return {
        ...node,
        whenTrue: whenTrue && mapped(whenTrue, change),
        whenFalse: whenFalse && mapped(whenFalse, change),
      }
    }
    case 'entities':
      return change(node)
    default:
      return node
  }
}
