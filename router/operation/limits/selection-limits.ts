import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
  type ValueNode,
} from 'graphql'
import type { Operation } from '../operation.ts'

type SelectionLimits = {
  readonly depth: number
  readonly aliases: number
  readonly root_fields: number
  readonly selections: number
  /** Maximum size of a request's body in bytes. */
  readonly body: number
}

/** Size of a selection set. A fragment counts once per spread. */
type Extent = {
  /** Fields nested. */
  readonly depth: number
  readonly aliases: number
  /** Characters of the longest alias. */
  readonly alias: number
  /** Characters of arguments at every level. */
  readonly characters: number
  /** Fields at its own level. */
  readonly fields: number
  /** Fields at every level. */
  readonly selections: number
  /** Fragments at every level. */
  readonly fragments: number
  /** Selection sets within each other, those of fragments included. */
  readonly nesting: number
}

const NOTHING: Extent = {
  ...{ depth: 0, aliases: 0, alias: 0, characters: 0, fields: 0, selections: 0, fragments: 0, nesting: 0 },
}

/**
 * Maximum nesting of selection sets, with fragments expanded. Code that follows them is recursive, and the
 * stack has room for some thousand calls.
 */
const MAX_NESTING = 500

/** Maximum number of characters of an alias, which the response contains once for each object of a list. */
const MAX_ALIAS = 255

/**
 * Maximum size of an operation's arguments with fragments expanded, relative to the largest body, since
 * requests to subgraphs contain them as often.
 */
const ARGUMENTS_PER_BODY = 4

/** A validation rule that limits the depth and width of an operation. */
export function selectionLimits(limits: SelectionLimits): ValidationRule {
  return (context) => ({
    Document(document) {
      for (const error of excessesOf(document, limits)) context.reportError(error)
      // This rule visits nothing below.
      return false
    },
  })
}

/** One error for each operation of a document that exceeds the limits. */
export function excessesOf({ definitions }: DocumentNode, limits: SelectionLimits): readonly GraphQLError[] {
  const measure = measuring(definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION))
  return definitions.flatMap((node) => {
    // A fragment that no operation spreads is followed by validation.
    const isFragment = node.kind === Kind.FRAGMENT_DEFINITION
    if (!isFragment && node.kind !== Kind.OPERATION_DEFINITION) return []
    const extent = measure(node.selectionSet)
    const problem = isFragment ? excessiveNesting(extent) : excess(extent, limits)
    return problem ? [new GraphQLError(problem, { nodes: node })] : []
  })
}

/** Fields and fragments that an operation selects at every level, fragments multiplied out. */
export function selectionsIn({ definition, fragments }: Operation): number {
  const extent = measuring(Object.values(fragments))(definition.selectionSet)
  return extent.selections + extent.fragments
}

/** Maximum number of fields and fragments of all variants of an operation together. */
const VARIANT_SELECTIONS = 32_000

/**
 * Maximum number of cached variants of an operation with this many selections, at most `most`. Variants
 * differ by the values of conditions.
 */
export function variantsKept(most: number, selections: number): number {
  return Math.max(2, Math.min(most, Math.floor(VARIANT_SELECTIONS / selections)))
}

function excessiveNesting({ nesting }: Extent): string | null {
  if (nesting <= MAX_NESTING) return null
  return `Selection sets are nested deeper than ${MAX_NESTING} levels, through fragments.`
}

function excess(extent: Extent, limits: SelectionLimits): string | null {
  if (extent.depth > limits.depth)
    return `The operation is ${extent.depth} fields deep; the maximum is ${limits.depth}.`
  if (extent.aliases > limits.aliases)
    return `The operation has ${extent.aliases} aliases; the maximum is ${limits.aliases}.`
  if (extent.fields > limits.root_fields)
    return `The operation has ${extent.fields} root fields; the maximum is ${limits.root_fields}.`
  if (extent.selections > limits.selections)
    return `The operation selects ${extent.selections} fields; the maximum is ${limits.selections}.`
  if (extent.fragments > limits.selections)
    return `The operation has ${extent.fragments} fragments; the maximum is ${limits.selections}.`
  if (extent.alias > MAX_ALIAS)
    return `The operation has an alias of ${extent.alias} characters; the maximum is ${MAX_ALIAS}.`
  const characters = limits.body * ARGUMENTS_PER_BODY
  if (extent.characters > characters)
    return `The arguments of the operation have ${extent.characters} characters with fragments expanded; the maximum is ${characters}.`
  return excessiveNesting(extent)
}

/** Measures each fragment once: only the counts are multiplied, not the work. */
function measuring(
  definitions: readonly FragmentDefinitionNode[],
): (selectionSet: SelectionSetNode) => Extent {
  const named = new Map(definitions.map((fragment) => [fragment.name.value, fragment]))
  const fragments = new Map<FragmentDefinitionNode, Extent>()
  const ofFragment = (name: string, above: number): Extent => {
    const fragment = named.get(name)
    if (!fragment) return NOTHING
    // Not cached, since an operation that is refused for its nesting is not measured again.
    if (above > MAX_NESTING) return { ...NOTHING, nesting: 1 }
    const known = fragments.get(fragment)
    if (known) return known
    // Another rule reports cycles; here they count as nothing.
    fragments.set(fragment, NOTHING)
    const extent = measureAt(fragment.selectionSet, above)
    fragments.set(fragment, extent)
    return extent
  }
  const extentOf = (selection: SelectionNode, above: number): Extent => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value, above)
    return selection.selectionSet ? measureAt(selection.selectionSet, above) : NOTHING
  }
  /** @param above selection sets around this one. */
  const measureAt = ({ selections }: SelectionSetNode, above: number): Extent => {
    const total = { ...NOTHING }
    for (const selection of selections) {
      const extent = extentOf(selection, above + 1)
      const isField = selection.kind === Kind.FIELD
      total.depth = Math.max(total.depth, extent.depth + (isField ? 1 : 0))
      const alias = isField && selection.alias ? selection.alias.value : null
      total.aliases += extent.aliases + (alias === null ? 0 : 1)
      total.alias = Math.max(total.alias, extent.alias, alias?.length ?? 0)
      total.characters += extent.characters + argumentCharacters(selection)
      total.fields += isField ? 1 : extent.fields
      total.selections += extent.selections + (isField ? 1 : 0)
      total.fragments += extent.fragments + (isField ? 0 : 1)
      total.nesting = Math.max(total.nesting, extent.nesting)
    }
    total.nesting++
    return total
  }
  return (selectionSet) => measureAt(selectionSet, 0)
}

/** Characters of the arguments of a field and of its directives. */
function argumentCharacters(selection: SelectionNode): number {
  const own = selection.kind === Kind.FIELD ? charactersOf(selection.arguments) : 0
  const { directives = [] } = selection
  return directives.length === 0
    ? own
    : directives.reduce((sum, { arguments: given }) => sum + charactersOf(given), own)
}

function charactersOf(given: readonly { readonly value: ValueNode }[] | undefined): number {
  let sum = 0
  for (const { value } of given ?? []) sum += charactersIn(value)
  return sum
}

function charactersIn(value: ValueNode): number {
  switch (value.kind) {
    case Kind.VARIABLE:
      return value.name.value.length
    case Kind.LIST:
      return value.values.reduce((sum, item) => sum + charactersIn(item), 0)
    case Kind.OBJECT:
      return charactersOf(value.fields)
    case Kind.STRING:
    case Kind.INT:
    case Kind.FLOAT:
    case Kind.ENUM:
      return value.value.length
    default:
      return 0
  }
}
