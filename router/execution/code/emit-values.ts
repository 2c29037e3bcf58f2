// Tested in run-generated.test.ts: the test runs the generated code.

import { type GraphQLOutputType, isListType, isNonNullType } from 'graphql'
import type { Shape } from './object-shapes.ts'
import type { Source } from './source-builder.ts'
import { expressionOf, joined, type Piece } from './template-parts.ts'

/** How objects of one shape are written. */
export type Alternative = {
  readonly shape: Shape
  /** @param holder an expression for the object. @param before what stands before it, as part of its first piece. */
  pieces(holder: string, before: string): readonly Piece[]
}

/**
 * @param prefix what stands before the value: joined with how it begins.
 * @returns the name of a function that writes objects, in whatever lists; null as null.
 */
export function valueWriter(
  prefix: string,
  type: GraphQLOutputType,
  alternatives: readonly Alternative[],
  source: Source,
): string {
  const nullable = isNonNullType(type) ? type.ofType : type
  return isListType(nullable)
    ? listWriter(prefix, nullable.ofType, alternatives, source)
    : objectWriter(prefix, alternatives, source)
}

function objectWriter(prefix: string, alternatives: readonly Alternative[], source: Source): string {
  const name = source.newName('write')
  const text = ({ pieces }: Alternative) => expressionOf(pieces('object', prefix))
  const [only] = alternatives
  source.add([
    `function ${name}(object) {`,
    `  if (object === null) return ${JSON.stringify(`${prefix}null`)}`,
    ...(only && alternatives.length === 1
      ? [`  return ${text(only)} // ${only.shape.type.name}`]
      : [
          '  switch (object.shape) {',
          ...alternatives.map((each) => `    case ${each.shape.id}: return ${text(each)}`),
          '    default: return mismatch()',
          '  }',
        ]),
    '}',
  ])
  return name
}

function listWriter(
  prefix: string,
  type: GraphQLOutputType,
  alternatives: readonly Alternative[],
  source: Source,
): string {
  const name = source.newName('list')
  const { opening, inner, ending } = itemCode(type, alternatives, source)
  const first = JSON.stringify(opening)
  // How one element ends and the next begins is one text.
  const next = JSON.stringify(`${ending},${opening}`)
  source.add([
    `function ${name}(list) {`,
    `  if (list === null) return ${JSON.stringify(`${prefix}null`)}`,
    `  if (list.length === 0) return ${JSON.stringify(`${prefix}[]`)}`,
    `  let text = ${JSON.stringify(`${prefix}[`)}`,
    '  for (let index = 0; index < list.length; index++) {',
    '    const object = list[index]',
    `    text += (index === 0 ? ${first} : ${next}) + ${inner}`,
    '  }',
    `  return text + ${JSON.stringify(`${ending}]`)}`,
    '}',
  ])
  return name
}

/** Expressions for an element of a list, and what it always begins and ends with. */
type ItemCode = { readonly opening: string; readonly inner: string; readonly ending: string }

function itemCode(type: GraphQLOutputType, alternatives: readonly Alternative[], source: Source): ItemCode {
  const [only] = alternatives
  const isOneObject = isNonNullType(type) && !isListType(type.ofType) && alternatives.length === 1
  if (!isOneObject || !only)
    return { opening: '', inner: `${valueWriter('', type, alternatives, source)}(object)`, ending: '' }
  const pieces = [...joined(only.pieces('object', ''))]
  const [first] = pieces
  const opening = first && 'literal' in first ? first.literal : ''
  if (opening !== '') pieces.shift()
  const last = pieces.at(-1)
  const ending = last && 'literal' in last ? last.literal : ''
  if (ending !== '') pieces.pop()
  return { opening, inner: expressionOf(pieces), ending }
}
