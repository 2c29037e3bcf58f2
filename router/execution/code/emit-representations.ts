import { valueWriter } from './emit-values.ts'
import type { Required } from './response-layout.ts'
import type { Source } from './source-builder.ts'
import { code, expressionOf, label, literal, type Piece } from './template-parts.ts'

/** Expressions about representations of objects of one shape. */
export type RepresentationCode = {
  /** The representation of `object`. */
  readonly whole: string
  /** A value that two objects have in common when their representations are the same. */
  readonly key: string
  /** Whether the representations of `object` and `other` are the same, if their keys are. */
  readonly isAlike: string
}

export function representationCode(
  required: readonly Required[],
  typename: string,
  source: Source,
): RepresentationCode {
  const pieces = (holder: string) => representation(required, typename, holder, source)
  const telling = required.filter((field) => field.source !== null)
  const areLeaves = telling.every(({ below }) => below.length === 0)
  const values = (holder: string) => telling.map((field) => valueIn(field, holder))
  const [first] = values('object')
  const others = values('other')
  if (!areLeaves || first === undefined)
    return { whole: expressionOf(pieces('object')), key: expressionOf(pieces('object')), isAlike: 'true' }
  const comparisons = values('object').map((value, index) => `${value} === ${others[index]}`)
  return {
    whole: expressionOf(pieces('object')),
    key: first,
    isAlike: comparisons.length === 1 ? 'true' : comparisons.slice(1).join(' && '),
  }
}

function representation(
  required: readonly Required[],
  typename: string,
  holder: string,
  source: Source,
): readonly Piece[] {
  const pieces = required.flatMap((field, index): readonly Piece[] => {
    const named = label(field.as, index === 0)
    const { source: from, below } = field
    if (!from) return [literal(named), literal(JSON.stringify(typename))]
    const value = valueIn(field, holder)
    if (below.length === 0 || !from.field.type) return [literal(named), code(value)]
    const alternatives = from.field.shapes.map((shape, position) => ({
      shape,
      pieces: (object: string, before: string) => [
        literal(before),
        ...representation(below[position] ?? [], shape.type.name, object, source),
      ],
    }))
    return [code(`${valueWriter(named, from.field.type, alternatives, source)}(${value})`)]
  })
  return [literal('{'), ...pieces, literal('}')]
}

function valueIn({ source }: Required, holder: string): string {
  if (!source) throw new Error('the name of a type is no value of an object')
  const object = source.lane === null ? holder : `part(${holder}.lane${source.lane})`
  return `${object}.${source.field.slot}`
}
