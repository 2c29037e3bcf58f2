import {
  type DocumentNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  type ValidationRule,
} from 'graphql'

type SelectionLimits = {
  readonly depth: number
  readonly aliases: number
  readonly root_fields: number
  readonly selections: number
}

/** What a selection set amounts to, the fragments that it spreads counted as often as they are spread. */
type Extent = {
  /** Fields nested. */
  readonly depth: number
  readonly aliases: number
  /** Fields at its own level. */
  readonly fields: number
  /** Fields at every level. */
  readonly selections: number
}

const NOTHING: Extent = { depth: 0, aliases: 0, fields: 0, selections: 0 }

/** A validation rule: an operation is at most so deep and so wide. */
export function selectionLimits(limits: SelectionLimits): ValidationRule {
  return (context) => ({
    Document(document) {
      for (const error of excessesOf(document, limits)) context.reportError(error)
      // Below here is nothing that this rule looks at.
      return false
    },
  })
}

/** One error for each operation of a document that is deeper or wider than it may be. */
export function excessesOf({ definitions }: DocumentNode, limits: SelectionLimits): readonly GraphQLError[] {
  const measure = measuring(definitions.filter((node) => node.kind === Kind.FRAGMENT_DEFINITION))
  return definitions.flatMap((node) => {
    const problem =
      node.kind === Kind.OPERATION_DEFINITION ? excess(measure(node.selectionSet), limits) : null
    return problem ? [new GraphQLError(problem, { nodes: node })] : []
  })
}

function excess(extent: Extent, limits: SelectionLimits): string | null {
  if (extent.depth > limits.depth)
    return `The operation is ${extent.depth} fields deep; ${limits.depth} are taken.`
  if (extent.aliases > limits.aliases)
    return `The operation has ${extent.aliases} aliases; ${limits.aliases} are taken.`
  if (extent.fields > limits.root_fields)
    return `The operation has ${extent.fields} root fields; ${limits.root_fields} are taken.`
  if (extent.selections > limits.selections)
    return `The operation selects ${extent.selections} fields; ${limits.selections} are taken.`
  return null
}

/** Measures each fragment once: what is multiplied out is the count, never the work. */
function measuring(
  definitions: readonly FragmentDefinitionNode[],
): (selectionSet: SelectionSetNode) => Extent {
  const named = new Map(definitions.map((fragment) => [fragment.name.value, fragment]))
  const fragments = new Map<FragmentDefinitionNode, Extent>()
  const ofFragment = (name: string): Extent => {
    const fragment = named.get(name)
    if (!fragment) return NOTHING
    const known = fragments.get(fragment)
    if (known) return known
    // A cycle is another rule's finding: counted as nothing here.
    fragments.set(fragment, NOTHING)
    const extent = measure(fragment.selectionSet)
    fragments.set(fragment, extent)
    return extent
  }
  const extentOf = (selection: SelectionNode): Extent => {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return ofFragment(selection.name.value)
    return selection.selectionSet ? measure(selection.selectionSet) : NOTHING
  }
  const measure = ({ selections }: SelectionSetNode): Extent => {
    const total = { ...NOTHING }
    for (const selection of selections) {
      const extent = extentOf(selection)
      const isField = selection.kind === Kind.FIELD
      const own = isField ? 1 : 0
      total.depth = Math.max(total.depth, extent.depth + own)
      total.aliases += extent.aliases + (isField && selection.alias ? 1 : 0)
      total.fields += isField ? 1 : extent.fields
      total.selections += extent.selections + own
    }
    return total
  }
  return measure
}
