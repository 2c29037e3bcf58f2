// Tested in run-generated.test.ts: the test runs the generated code.

import { type Alternative, valueWriter } from './emit-values.ts'
import { isText, type Shape } from './object-shapes.ts'
import type { AnswerField, AnswerObject } from './response-fields.ts'
import type { Source } from './source-builder.ts'
import { code, expressionOf, label, literal, type Piece } from './template-parts.ts'

/** Makes a function that writes something of the objects of a shape and keeps the text with them; its name. */
export type Kept = (shape: Shape, text: string, absent: string) => string

/**
 * How an object is written in its place of the answer.
 * @param holder an expression for it.
 * @param before what stands before it: kept with it, where its text is kept.
 */
export function answerPieces(
  { fields }: AnswerObject,
  holder: string,
  before: string,
  source: Source,
  kept: Kept,
): readonly Piece[] {
  // No client may see objects of this type.
  if (!fields) return [code('mismatch()')]
  const groups = groupsOf(fields)
  const [only] = groups
  if (only && groups.length === 1) return groupPieces(only, `${before}{`, '}', holder, source, kept)
  const pieces = groups.flatMap((group, index) =>
    groupPieces(group, index === 0 ? '' : ',', '', holder, source, kept),
  )
  return [literal(`${before}{`), ...pieces, literal('}')]
}

/** Fields that follow on each other and come from one place. */
type Group = { readonly lane: number | null; readonly fields: AnswerField[] }

function groupsOf(fields: readonly AnswerField[]): readonly Group[] {
  const groups: Group[] = []
  for (const field of fields) {
    const last = groups.at(-1)
    const lane = field.source ? field.source.lane : (last?.lane ?? null)
    if (last && last.lane === lane) last.fields.push(field)
    else groups.push({ lane, fields: [field] })
  }
  return groups
}

/**
 * Some fields, between two texts. What a part brings is kept with it: a part that completes many objects, as one author
 * many reviews, is written once.
 */
function groupPieces(
  { lane, fields }: Group,
  before: string,
  after: string,
  holder: string,
  source: Source,
  kept: Kept,
): readonly Piece[] {
  const written = (object: string) => [
    literal(before),
    ...fields.flatMap((field, index) => fieldPieces(field, index === 0, object, source, kept)),
    literal(after),
  ]
  const shape = fields.find((field) => field.source)?.source?.shape
  if (lane === null || !shape) return written(holder)
  const absent = fields.some(({ nonNull }) => nonNull)
    ? 'mismatch()'
    : expressionOf([literal(before), ...fields.flatMap(absentPieces), literal(after)])
  return [code(`${kept(shape, expressionOf(written('part')), absent)}(${holder}.lane${lane})`)]
}

function absentPieces({ responseName, source, typename }: AnswerField, index: number): readonly Piece[] {
  return [literal(label(responseName, index === 0)), literal(source ? 'null' : JSON.stringify(typename))]
}

function fieldPieces(
  { responseName, source: from, typename, objects }: AnswerField,
  isFirst: boolean,
  holder: string,
  source: Source,
  kept: Kept,
): readonly Piece[] {
  const named = label(responseName, isFirst)
  if (!from) return [literal(named), literal(JSON.stringify(typename))]
  const value = `${holder}.${from.field.slot}`
  if (isText(from.field) || !from.field.type) return [literal(named), code(value)]
  const alternatives = objects.map(
    (object): Alternative => ({
      shape: object.shape,
      pieces: (below, before) => answerPieces(object, below, before, source, kept),
    }),
  )
  return [code(`${valueWriter(named, from.field.type, alternatives, source)}(${value})`)]
}
