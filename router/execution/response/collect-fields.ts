// Tested in projection.test.ts: the test writes responses.

import {
  type FieldNode,
  type GraphQLCompositeType,
  type GraphQLSchema,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql'
import type { DeniedField } from '../../operation/authorization/denied-fields.ts'
import { type Conditions, isTaken } from '../../operation/conditions.ts'
import type { Operation } from '../../operation/operation.ts'
import { responseNameOf } from '../../operation/response-keys.ts'

/** Inputs of field collection (section 6.3.2). */
export type Selecting = {
  readonly schema: GraphQLSchema
  readonly fragments: Operation['fragments']
  readonly conditions: Conditions
  readonly refusals: ReadonlyMap<string, DeniedField>
}

/** A field of the answer: every selection of one response name on one type. */
export type CollectedField = {
  readonly responseName: string
  readonly nodes: readonly FieldNode[]
  /** Set if the caller may not see the field. */
  readonly refusal: DeniedField | null
}

/**
 * The fields that selection sets give an object, in the order of the answer (6.3.2).
 * @param type of the object; an abstract type where nothing is known of the object's own, which then has only the
 * fields that all objects of the abstract type have.
 */
export function collectFields(
  selectionSets: readonly SelectionSetNode[],
  type: GraphQLCompositeType,
  selecting: Selecting,
): readonly CollectedField[] {
  const fields = new Map<string, { responseName: string; nodes: FieldNode[]; refusal: DeniedField | null }>()
  const add = (node: FieldNode) => {
    const selected = responseNameOf(node)
    const refusal = selecting.refusals.get(selected) ?? null
    const responseName = refusal?.responseName ?? selected
    const known = fields.get(responseName)
    if (!known) fields.set(responseName, { responseName, nodes: [node], refusal })
    else if (known.refusal && !refusal) {
      // The same name is selected through a type that the caller may see: nothing was refused.
      known.nodes.length = 0
      known.nodes.push(node)
      known.refusal = null
    } else if (!refusal) known.nodes.push(node)
  }
  const visit = ({ selections }: SelectionSetNode) => {
    for (const selection of selections) {
      if (!isTaken(selection.directives, selecting.conditions)) continue
      if (selection.kind === Kind.FIELD) add(selection)
      else {
        const fragment = fragmentOf(selection, selecting)
        if (applies(fragment.typeCondition?.name.value, type, selecting.schema)) visit(fragment.selectionSet)
      }
    }
  }
  for (const selectionSet of selectionSets) visit(selectionSet)
  return [...fields.values()]
}

/** Whether what is selected of an object differs by which of an abstract type's types it has. */
export function differsByType(
  selectionSets: readonly SelectionSetNode[],
  type: GraphQLCompositeType,
  selecting: Selecting,
): boolean {
  if (!isAbstractType(type)) return false
  const nodesOf = (one: GraphQLCompositeType) =>
    collectFields(selectionSets, one, selecting).flatMap(({ nodes }) => nodes)
  const common = nodesOf(type)
  return selecting.schema.getPossibleTypes(type).some((member) => {
    const nodes = nodesOf(member)
    return nodes.length !== common.length || nodes.some((node, index) => node !== common[index])
  })
}

function fragmentOf(selection: Exclude<SelectionNode, FieldNode>, { fragments }: Selecting) {
  if (selection.kind === Kind.INLINE_FRAGMENT) return selection
  const fragment = fragments[selection.name.value]
  if (!fragment) throw new Error('the operation has an unknown fragment')
  return fragment
}

/** Whether every object of `type` is one of `condition`. */
function applies(condition: string | undefined, type: GraphQLCompositeType, schema: GraphQLSchema): boolean {
  if (condition === undefined || condition === type.name) return true
  const wanted = schema.getType(condition)
  if (!isCompositeType(wanted) || !isAbstractType(wanted)) return false
  return (isObjectType(type) || isInterfaceType(type)) && schema.isSubType(wanted, type)
}
