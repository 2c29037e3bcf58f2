import type { AnswerField, AnswerObject } from './answer.ts'
import { inLists, literal } from './emit-representations.ts'
import { isText, type Shape } from './shapes.ts'
import type { Source } from './source.ts'

/** Makes a property that keeps text with the objects of a shape; its name. */
export type NewMemo = (shape: Shape) => string

/** Writes the functions that write an answer. @returns the name of the one for an object in its place. */
export function answerWriter({ shape, fields }: AnswerObject, source: Source, newMemo: NewMemo): string {
  const name = source.newName('write')
  const groups = groupsOf(fields ?? [])
  const lanes = new Set(groups.flatMap(({ lane }) => lane ?? []))
  const texts = groups.map((group) => groupText(group, source, newMemo))
  const object = texts.length === 0 ? "'{}'" : `'{' + ${texts.join(" + ',' + ")} + '}'`
  source.add([
    `function ${name}(object) { // ${shape.type.name}`,
    `  if (object === null) return 'null'`,
    ...[...lanes].map((lane) => `  const part${lane} = object.lane${lane}`),
    `  return ${fields ? object : 'amiss() // no client may see it'}`,
    '}',
  ])
  return name
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
 * An expression for some fields. What a part brings is kept with it: a part that completes many objects, as one author
 * many reviews, is written once.
 */
function groupText({ lane, fields }: Group, source: Source, newMemo: NewMemo): string {
  const holder = lane === null ? 'object' : `part${lane}`
  const text = joined(fields, (field) => valueText(field, holder, source, newMemo))
  const shape = fields.find((field) => field.source)?.source?.shape
  if (lane === null || !shape) return text
  const memo = `${holder}.${newMemo(shape)}`
  const absent = fields.some(({ nonNull }) => nonNull) ? 'amiss()' : joined(fields, absentText)
  return `(${holder} === null || ${holder} === undefined ? ${absent} : (${memo} ??= ${text}))`
}

function joined(fields: readonly AnswerField[], write: (field: AnswerField) => string): string {
  const texts = fields.map((field, index) => {
    const label = `${index === 0 ? '' : ','}${JSON.stringify(field.responseName)}:`
    return `${literal(label)} + ${write(field)}`
  })
  return texts.join(' + ')
}

function absentText({ source, typename }: AnswerField): string {
  return literal(source ? 'null' : JSON.stringify(typename))
}

function valueText(field: AnswerField, holder: string, source: Source, newMemo: NewMemo): string {
  const { source: from, typename, objects } = field
  if (!from) return literal(JSON.stringify(typename))
  const value = `${holder}.${from.field.slot}`
  if (isText(from.field) || !from.field.type) return value
  const writers = objects.map((object) => answerWriter(object, source, newMemo))
  const [only] = writers
  const write =
    only && writers.length === 1
      ? only
      : byShape(
          objects.map(({ shape }, index) => [shape, writers[index] ?? '']),
          source,
        )
  return `${inLists(from.field.type, write, source)}(${value})`
}

function byShape(writers: readonly (readonly [shape: Shape, write: string])[], source: Source): string {
  const name = source.newName('any')
  source.add([
    `function ${name}(object) {`,
    `  if (object === null) return 'null'`,
    '  switch (object.shape) {',
    ...writers.map(([{ id }, write]) => `    case ${id}: return ${write}(object)`),
    '    default: return amiss()',
    '  }',
    '}',
  ])
  return name
}
