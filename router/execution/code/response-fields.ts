// Tested in run-generated.test.ts: the test checks the response that the code writes.

import {
  type GraphQLObjectType,
  type GraphQLSchema,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql'
import { fieldOf } from '../../operation/normalize/normalize.ts'
import { type CollectedField, collectFields } from '../response/collect-fields.ts'
import type { Projecting } from '../response/selection-path.ts'
import { type Shape, type Source, sourceOf, unsuitable } from './object-shapes.ts'

/** How objects of one shape stand in one place of the answer. */
export type AnswerObject = {
  readonly shape: Shape
  /** null: the client may not see objects of this type. */
  readonly fields: readonly AnswerField[] | null
}

export type AnswerField = {
  readonly responseName: string
  /** null: the name of the type, which is known. */
  readonly source: Source | null
  readonly typename: string
  readonly nonNull: boolean
  /** For each shape that the value may have; none for a leaf. */
  readonly objects: readonly AnswerObject[]
}

/** Where everything of the answer comes from. @throws Unsuitable */
export function answerOf(
  shape: Shape,
  selectionSets: readonly SelectionSetNode[],
  projecting: Projecting,
): AnswerObject {
  const type = visibleType(projecting.schema, shape)
  if (!type) return { shape, fields: null }
  const fields = collectFields(selectionSets, type, projecting).map((field) =>
    answerField(field, type, shape, projecting),
  )
  shape.shown.push(isJustAsSent(fields, shape))
  return { shape, fields }
}

function visibleType(schema: GraphQLSchema, { type }: Shape): GraphQLObjectType | null {
  const visible = schema.getType(type.name)
  return isObjectType(visible) ? visible : null
}

function answerField(
  { responseName, nodes, refusal }: CollectedField,
  type: GraphQLObjectType,
  shape: Shape,
  projecting: Projecting,
): AnswerField {
  const [node] = nodes
  if (refusal || !node) return unsuitable('a field is refused')
  const name = node.name.value
  const { name: typename } = type
  if (name === '__typename') return { responseName, typename, source: null, nonNull: false, objects: [] }
  if (name.startsWith('__')) return unsuitable('it asks about the schema')
  const definition = fieldOf(type, name)
  const source = sourceOf(shape, projecting.keys.keyOf(node), () => true)
  if (!source) return unsuitable(`no request returns ${type.name}.${name}`)
  const below = nodes.flatMap(({ selectionSet }) => selectionSet ?? [])
  return {
    responseName,
    typename,
    source,
    nonNull: isNonNullType(definition.type),
    objects: source.field.shapes.map((child) => answerOf(child, below, projecting)),
  }
}

function isJustAsSent(fields: readonly AnswerField[], shape: Shape): boolean {
  const sent = [...shape.fields.values()]
  return (
    fields.length === sent.length &&
    fields.every(({ responseName, source }, index) => {
      const field = sent[index]
      if (field?.key !== responseName) return false
      return source ? source.field === field : field.type === null
    })
  )
}
