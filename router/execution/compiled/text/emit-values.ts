import { type GraphQLOutputType, isListType, isNonNullType } from 'graphql'
import { expressionOf, joined, literal, type Piece } from './pieces.ts'
import type { Shape } from './shapes.ts'
import type { Source } from './source.ts'

/** How objects of one shape are written. */
export type Alternative = {
  readonly shape: Shape
  /** @param holder an expression for the object. */
  pieces(holder: string): readonly Piece[]
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
  const text = ({ pieces }: Alternative) => expressionOf([literal(prefix), ...pieces('object')])
  const [only] = alternatives
  source.add([
    `function ${name}(object) {`,
    `  if (object === null) return ${JSON.stringify(`${prefix}null`)}`,
    ...(only && alternatives.length === 1
      ? [`  return ${text(only)} // ${only.shape.type.name}`]
      : [
          '  switch (object.shape) {',
          ...alternatives.map((each) => `    case ${each.shape.id}: return ${text(each)}`),
          '    default: return amiss()',
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
  source.add([
    `function ${name}(list) {`,
    `  if (list === null) return ${JSON.stringify(`${prefix}null`)}`,
    `  let text = ${JSON.stringify(`${prefix}[`)}`,
    '  for (let index = 0; index < list.length; index++) {',
    '    const object = list[index]',
    ...itemLines(type, alternatives, source),
    '  }',
    `  return text + ']'`,
    '}',
  ])
  return name
}

function itemLines(
  type: GraphQLOutputType,
  alternatives: readonly Alternative[],
  source: Source,
): readonly string[] {
  const nullable = isNonNullType(type) ? type.ofType : type
  const [only] = alternatives
  if (isListType(nullable) || !only || alternatives.length > 1) {
    const write = valueWriter('', type, alternatives, source)
    return [`    text += index === 0 ? ${write}(object) : ',' + ${write}(object)`]
  }
  const [first, ...rest] = joined(only.pieces('object'))
  const begins = first && 'literal' in first ? first.literal : ''
  const others = first && 'code' in first ? [first, ...rest] : rest
  const ending = others.length > 0 ? ` + ${expressionOf(others)}` : ''
  return [
    ...(isNonNullType(type)
      ? []
      : [`    if (object === null) { text += index === 0 ? 'null' : ',null'; continue }`]),
    `    text += (index === 0 ? ${JSON.stringify(begins)} : ${JSON.stringify(`,${begins}`)})${ending}`,
  ]
}
