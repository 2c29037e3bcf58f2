import {
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionSetNode,
} from 'graphql'
import type { Operation } from '../operation/operation.ts'
import { responseNameOf } from './data-keys.ts'
import { entityFetches, type InterfaceObjects, objectSelections, withLanes } from './interface-objects.ts'
import type { EntityLane, Plan, PlanPath } from './plan.ts'

/** What a lane brings to an interface's objects from a subgraph that has the interface as an object. */
type Bringing = {
  readonly lane: EntityLane
  readonly place: string
  readonly interfaceName: string
  readonly keys: ReadonlySet<string>
}

/**
 * A plan that asks a field of an interface object for each implementation that the operation wants it of. Where
 * fragments select it on several, Hive's planner asks it for one of them alone, and the others' is null without an error.
 */
export function withGapsFilled(
  plan: Plan,
  operation: Operation,
  schema: GraphQLSchema,
  known: InterfaceObjects,
): Plan {
  const bringing = (plan.root ? entityFetches(plan.root) : []).flatMap((fetch) =>
    objectSelections(fetch, known).flatMap(({ lane, interfaceName, selectionSet }) =>
      lane.paths.map(
        (path): Bringing => ({ lane, place: placeOf(path), interfaceName, keys: keysIn(selectionSet) }),
      ),
    ),
  )
  if (bringing.length === 0) return plan
  const gaps = new Map<EntityLane, Set<string>>()
  eachField(operation, schema, (place, type, key) => {
    const isFor = bringing.filter(
      (one) => one.place === place && one.keys.has(key) && namesOf(schema, one.interfaceName).includes(type),
    )
    if (isFor.some(({ lane }) => requiredTypes(lane).some((one) => namesOf(schema, one).includes(type))))
      return
    for (const { lane } of isFor) gaps.set(lane, (gaps.get(lane) ?? new Set()).add(type))
  })
  if (gaps.size === 0) return plan
  return withLanes(plan, (lane) => {
    const pattern = lane.requires.find((part) => part.kind === 'fragment')
    const types = [...(gaps.get(lane) ?? [])]
    // All have the interface's key.
    return pattern
      ? { ...lane, requires: [...lane.requires, ...types.map((type) => ({ ...pattern, type }))] }
      : lane
  })
}

function requiredTypes({ requires }: EntityLane): readonly string[] {
  return requires.flatMap((part) => (part.kind === 'fragment' ? [part.type] : []))
}

function keysIn({ selections }: SelectionSetNode): ReadonlySet<string> {
  return new Set(
    selections.flatMap((selection) => {
      if (selection.kind === Kind.FIELD) return [responseNameOf(selection)]
      return selection.kind === Kind.INLINE_FRAGMENT ? [...keysIn(selection.selectionSet)] : []
    }),
  )
}

function placeOf(path: PlanPath): string {
  return path.flatMap((step) => (step.kind === 'field' ? [step.name] : [])).join('.')
}

/** The names of the types that an object of a type may be of. */
function namesOf(schema: GraphQLSchema, name: string): readonly string[] {
  const type = schema.getType(name)
  if (isAbstractType(type)) return schema.getPossibleTypes(type).map((one) => one.name)
  return isObjectType(type) ? [name] : []
}

/** Calls `visit` for each field of each type that an object of the operation may be of. */
function eachField(
  { definition }: Operation,
  schema: GraphQLSchema,
  visit: (place: string, type: string, key: string) => void,
): void {
  const walk = ({ selections }: SelectionSetNode, place: string, types: readonly string[]) => {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) {
        const on = selection.typeCondition?.name.value
        const narrowed = on === undefined ? null : namesOf(schema, on)
        walk(
          selection.selectionSet,
          place,
          types.filter((type) => narrowed?.includes(type) ?? true),
        )
      } else if (selection.kind === Kind.FIELD && selection.name.value !== '__typename') {
        const key = responseNameOf(selection)
        for (const type of types) visit(place, type, key)
        if (!selection.selectionSet) continue
        const below = types.flatMap((name) => {
          const type = schema.getType(name)
          const field =
            isObjectType(type) || isInterfaceType(type) ? type.getFields()[selection.name.value] : null
          return field ? namesOf(schema, getNamedType(field.type).name) : []
        })
        walk(selection.selectionSet, place === '' ? key : `${place}.${key}`, [...new Set(below)])
      }
    }
  }
  const root = schema.getRootType(definition.operation)
  if (root) walk(definition.selectionSet, '', [root.name])
}
