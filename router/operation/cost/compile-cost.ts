import { type FieldNode, type GraphQLCompositeType, isCompositeType } from 'graphql'
import type { Operation } from '../operation.ts'
import type { Field } from './annotations.ts'
import { collectFields, definitionOf, type FieldGroup, type Selected, type Source } from './collect-fields.ts'
import { argumentCosts } from './input-costs.ts'
import type { SizedFields } from './list-size.ts'
import type { FieldCost, SchemaCosts } from './schema-costs.ts'
import { type Problem, sizingOf } from './slicing.ts'
import { Arithmetic, amountOf, type Condition, isMet, type Term, type Variables } from './term.ts'

/** The cost of a mutation in addition to its fields (Apollo's demand control). */
export const MUTATION = 10

/** The cost of a selection set, as a tree of sums. */
export type Selection = {
  readonly term: Term
  /** One list for each distinct set of fields that objects can have. The most expensive one counts. */
  readonly choices: readonly { readonly term: Term; readonly fields: readonly SelectedField[] }[]
}

/** A field of the answer. */
export type SelectedField = {
  readonly key: string
  readonly term: Term
  readonly count: Term
  readonly below: Selection | null
}

export type CompiledCost = {
  readonly root: Selection
  readonly total: Term
  readonly evaluate: (variables: Variables) => Float64Array
  /** Each returns the error in the slicing arguments of one field, if there is one. */
  readonly problems: readonly Problem[]
}

type SizedField = { readonly size: Term | undefined; readonly below: Sized }
/** The sizes that a field's ancestors state for fields below it. */
type Sized = ReadonlyMap<string, SizedField>
const UNSIZED: Sized = new Map()

type Compilation = {
  readonly costs: SchemaCosts
  readonly fragments: Operation['fragments']
  readonly arithmetic: Arithmetic
  readonly problems: Problem[]
  /** By their content: a fragment that is spread in many places is compiled once. */
  readonly fields: Map<string, Omit<SelectedField, 'key'>>
  readonly ids: Map<object, number>
  /** Whether the inputs of `@requires` count. Their own inputs do not. */
  readonly requires: boolean
}

function newCompilation(
  costs: SchemaCosts,
  fragments: Operation['fragments'],
  requires: boolean,
): Compilation {
  const memory = { problems: [], fields: new Map(), ids: new Map() }
  return { costs, fragments, requires, arithmetic: new Arithmetic(), ...memory }
}

/**
 * The cost of an operation by the IBM cost specification, with the defaults and the sum of Apollo's demand control: a field
 * costs its length × (its weight + its selections) + its arguments + what it requires.
 * @param operation valid against the supergraph.
 */
export function compileCost({ definition, fragments }: Operation, costs: SchemaCosts): CompiledCost {
  const compilation = newCompilation(costs, fragments, true)
  const { arithmetic } = compilation
  const root = costs.schema.getRootType(definition.operation)
  const source = { set: definition.selectionSet, when: [] }
  const selection = root ? selectionCost(compilation, root, [source], UNSIZED) : NOTHING
  const base = definition.operation === 'mutation' ? MUTATION : 0
  return {
    root: selection,
    total: arithmetic.sum([base, selection.term]),
    evaluate: arithmetic.evaluator(),
    problems: compilation.problems,
  }
}

const NOTHING: Selection = { term: 0, choices: [] }

function selectionCost(
  compilation: Compilation,
  parent: GraphQLCompositeType,
  sources: readonly Source[],
  sized: Sized,
): Selection {
  const { costs, fragments, arithmetic } = compilation
  const choices = collectFields(parent, sources, costs, fragments).map((groups) => {
    const fields = groups.map((group) => fieldOf(compilation, group, sized))
    return { term: arithmetic.sum(fields.map(({ term }) => term)), fields }
  })
  const [only] = choices
  const term = only && choices.length === 1 ? only.term : arithmetic.max(choices.map((choice) => choice.term))
  return { term, choices }
}

function fieldOf(compilation: Compilation, { key, selected }: FieldGroup, sized: Sized): SelectedField {
  const name = nameOf(compilation.ids, selected, sized)
  const known = compilation.fields.get(name) ?? fieldCost(compilation, selected, sized)
  compilation.fields.set(name, known)
  return { key, term: known.term, count: known.count, below: known.below }
}

/**
 * The schema determines the parent type of a node. Only its condition may differ if a fragment is spread
 * twice.
 */
function nameOf(ids: Map<object, number>, selected: readonly Selected[], sized: Sized): string {
  const idOf = (part: object) => {
    const id = ids.get(part) ?? ids.size
    ids.set(part, id)
    return id
  }
  let name = sized === UNSIZED ? '' : `${idOf(sized)}`
  for (const { node, when } of selected)
    name += `,${idOf(node)}${when.length > 0 ? JSON.stringify(when) : ''}`
  return name
}

const FREE = { term: 0, count: 1, below: null }

function fieldCost(
  compilation: Compilation,
  selected: readonly Selected[],
  sized: Sized,
): Omit<SelectedField, 'key'> {
  const { arithmetic, costs } = compilation
  const definitions = definitionsOf(selected, costs)
  const [first] = definitions
  if (!first) return FREE
  const { node, field } = first
  const conditions = selected.map(({ when }) => when)
  // Fields with the same response name have equal arguments and list types. Their weights may differ by their
  // parents.
  const each = definitions.map((definition) => costs.fieldCost(definition.parent, definition.field))
  const weight = Math.max(...each.map((cost) => cost.weight))
  const { count, inner } = lengthOf(compilation, { node, field, each, conditions }, sized.get(field.name))
  const type = costs.fieldCost(first.parent, field).type
  const sources = sourcesBelow(selected)
  const below = isCompositeType(type) ? selectionCost(compilation, type, sources, inner) : null
  // Negative weights make a field cheaper, never what else is selected (IBM cost specification, section 5.3.2.2).
  const own = arithmetic.max([
    0,
    arithmetic.sum([arithmetic.times(count, weight), ...argumentCosts(node, field, costs, arithmetic)]),
  ])
  const required = compilation.requires ? Math.max(...each.map((cost) => requiredCost(cost, costs))) : 0
  const term = arithmetic.sum([own, arithmetic.times(count, below?.term ?? 0), required])
  return { term: arithmetic.when(conditions, term), count, below }
}

type Definition = { readonly node: FieldNode; readonly parent: GraphQLCompositeType; readonly field: Field }

/** The field definitions of the parents, each once, without `__typename`, which costs nothing. */
export function definitionsOf(selected: readonly Selected[], { schema }: SchemaCosts): readonly Definition[] {
  const definitions = new Map<string, Definition>()
  for (const { node, parent } of selected) {
    const field = definitionOf(parent, node.name.value, schema)
    if (field) definitions.set(parent.name, { node, parent, field })
  }
  return [...definitions.values()]
}

/** A condition that all nodes of a field have stands at the field. */
export function sourcesBelow(selected: readonly Selected[]): readonly Source[] {
  const isShared =
    selected.length === 1 || new Set(selected.map(({ when }) => JSON.stringify(when))).size === 1
  return selected.flatMap(({ node: { selectionSet }, when }) =>
    selectionSet ? [{ set: selectionSet, when: isShared ? [] : when }] : [],
  )
}

type Counted = {
  readonly node: FieldNode
  readonly field: Field
  readonly each: readonly FieldCost[]
  readonly conditions: readonly Condition[]
}

/** The maximum number of values of a field, and the sizes that it states for fields below it. */
function lengthOf(
  { costs: { listSize }, arithmetic, problems }: Compilation,
  { node, field, each, conditions }: Counted,
  upstream: SizedField | undefined,
): { readonly count: Term; readonly inner: Sized } {
  const lists = Math.max(...each.map((cost) => cost.lists))
  const unsaid = listSize ** lists
  const isUnsaid = each.every(({ sizes }) => sizes.every((size) => size === undefined))
  if (isUnsaid && !upstream) return { count: lists === 0 ? 1 : unsaid, inner: UNSIZED }
  const sizings = each
    .flatMap(({ sizes }) => sizes)
    .map((size) => size && { ...sizingOf(node, field, size, unsaid, arithmetic), fields: size.sizedFields })
  for (const sizing of sizings) if (sizing?.problem) problems.push(unlessSkipped(sizing.problem, conditions))
  const size = upstream?.size ?? arithmetic.max(sizings.map((sizing) => sizing?.size ?? unsaid))
  const inner = sizings.reduce<Sized>(
    (sized, sizing) => (sizing ? withSizes(sized, sizing.fields, sizing.size, arithmetic) : sized),
    upstream?.below ?? UNSIZED,
  )
  return { count: lists === 0 ? 1 : size, inner }
}

/** A top-level function, so that the closure does not retain the operation's tree. */
function unlessSkipped(problem: Problem, conditions: readonly Condition[]): Problem {
  return (variables) =>
    conditions.some((condition) => isMet(condition, variables)) ? problem(variables) : null
}

function withSizes(sized: Sized, fields: SizedFields, size: Term | undefined, arithmetic: Arithmetic): Sized {
  if (fields.size === 0 || size === undefined) return sized
  const all = new Map(sized)
  for (const [name, inner] of fields) {
    const known = all.get(name)
    const below = known?.below ?? UNSIZED
    all.set(name, {
      size: inner ? known?.size : known?.size === undefined ? size : arithmetic.max([known.size, size]),
      below: inner ? withSizes(below, inner, size, arithmetic) : below,
    })
  }
  return all
}

/** Cost of the inputs of `@requires`: they are fetched whether or not the client selects them, and use no variable. */
function requiredCost(cost: FieldCost, costs: SchemaCosts): number {
  if (cost.requires.size === 0) return 0
  const known = costs.requiredCosts.get(cost)
  if (known !== undefined) return known
  const sums = [...cost.requires].map(([type, sets]) => {
    const compilation = newCompilation(costs, {}, false)
    const sources = sets.map((set) => ({ set, when: [] }))
    const { term } = selectionCost(compilation, type, sources, UNSIZED)
    return amountOf(term, compilation.arithmetic.evaluator()({}))
  })
  const required = Math.max(...sums)
  costs.requiredCosts.set(cost, required)
  return required
}
