import { type GraphQLCompositeType, getNamedType, isCompositeType } from 'graphql'
import type { Operation } from '../operation.ts'
import { collectFields, type Selected, type Source } from './collect-fields.ts'
import { definitionsOf, MUTATION, sourcesBelow } from './compile-cost.ts'
import { argumentCosts } from './input-costs.ts'
import type { SchemaCosts } from './schema-costs.ts'
import { Arithmetic, amountOf, bounded, type Variables } from './term.ts'

/**
 * The fields that objects at one place of an answer may have, by response name. Each is computed when it
 * first occurs.
 */
type Place = Map<string, Lazy>
type Lazy = { readonly selected: readonly Selected[]; priced: Priced | null }
type Priced = {
  readonly weight: number
  readonly given: number
  /** Number of nested lists. Deeper lists inside a custom scalar are one value. */
  readonly lists: number
  readonly below: Place
}

type Pricing = {
  readonly costs: SchemaCosts
  readonly fragments: Operation['fragments']
  readonly variables: Variables
}

/**
 * The cost of an answer (IBM cost specification, section 5.1.3): that of the returned values instead of the
 * possible ones. A null costs only its arguments. Inputs of `@requires` are not counted.
 * @param data of the answer, parsed.
 */
export function actualCost(
  { definition, fragments }: Operation,
  data: unknown,
  variables: Variables,
  costs: SchemaCosts,
): number {
  const pricing = { costs, fragments, variables }
  const root = costs.schema.getRootType(definition.operation)
  const place = root ? placeOf(pricing, root, [{ set: definition.selectionSet, when: [] }]) : new Map()
  const base = definition.operation === 'mutation' ? MUTATION : 0
  return Math.ceil(bounded(base + objectCost(pricing, data, place)))
}

function placeOf(
  { costs, fragments }: Pricing,
  parent: GraphQLCompositeType,
  sources: readonly Source[],
): Place {
  const place = new Map<string, Selected[]>()
  for (const { key, selected } of collectFields(parent, sources, costs, fragments).flat())
    place.set(key, [...(place.get(key) ?? []), ...selected])
  return new Map([...place].map(([key, selected]) => [key, { selected, priced: null }]))
}

function objectCost(pricing: Pricing, object: unknown, place: Place): number {
  if (typeof object !== 'object' || object === null) return 0
  let total = 0
  for (const [key, value] of Object.entries(object)) {
    const lazy = place.get(key)
    if (!lazy) continue
    lazy.priced ??= priced(pricing, lazy.selected)
    const { weight, given, lists, below } = lazy.priced
    const { count, inner } = valuesCost(pricing, value, lists, below)
    total += Math.max(0, count * weight + given) + inner
  }
  return total
}

/** The number of values in lists of any depth, and the cost of the fields below them. */
function valuesCost(
  pricing: Pricing,
  value: unknown,
  lists: number,
  below: Place,
): { readonly count: number; readonly inner: number } {
  if (value === null) return { count: 0, inner: 0 }
  if (lists === 0 || !Array.isArray(value))
    return { count: 1, inner: below.size > 0 ? objectCost(pricing, value, below) : 0 }
  let count = 0
  let inner = 0
  for (const item of value) {
    const one = valuesCost(pricing, item, lists - 1, below)
    count += one.count
    inner += one.inner
  }
  return { count, inner }
}

const NOWHERE: Place = new Map()

function priced(pricing: Pricing, selected: readonly Selected[]): Priced {
  const { costs, variables } = pricing
  const definitions = definitionsOf(selected, costs)
  const [first] = definitions
  if (!first) return { weight: 0, given: 0, lists: 0, below: NOWHERE }
  const each = definitions.map(({ parent, field }) => costs.fieldCost(parent, field))
  const arithmetic = new Arithmetic()
  const given = arithmetic.sum(argumentCosts(first.node, first.field, costs, arithmetic))
  const type = getNamedType(first.field.type)
  return {
    weight: Math.max(...each.map((cost) => cost.weight)),
    lists: Math.max(...each.map((cost) => cost.lists)),
    given: amountOf(given, arithmetic.evaluator()(variables)),
    below: isCompositeType(type) ? placeOf(pricing, type, sourcesBelow(selected)) : NOWHERE,
  }
}
