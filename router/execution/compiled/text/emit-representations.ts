import { type GraphQLOutputType, isListType, isNonNullType } from 'graphql'
import type { Required } from './lanes.ts'
import type { Source } from './source.ts'

/** An expression for the representation of `object`. */
export function representation(required: readonly Required[], typename: string, source: Source): string {
  const fields = required.map(
    ({ as, ...rest }, index) =>
      `${literal(`${index === 0 ? '{' : ','}${JSON.stringify(as)}:`)} + ${requiredValue(rest, typename, source)}`,
  )
  return [...fields, literal('}')].join(' + ')
}

/** An expression that is the same for two objects exactly when their representations are. */
export function representationKey(required: readonly Required[], typename: string, source: Source): string {
  const telling = required.filter((field) => field.source !== null)
  const [only] = telling
  return telling.length === 1 && only
    ? requiredValue(only, typename, source)
    : representation(required, typename, source)
}

function requiredValue(
  { source: from, below }: Omit<Required, 'as'>,
  typename: string,
  source: Source,
): string {
  if (!from) return literal(JSON.stringify(typename))
  const holder = from.lane === null ? 'object' : `part(object.lane${from.lane})`
  const value = `${holder}.${from.field.slot}`
  if (below.length === 0 || !from.field.type) return value
  const name = source.newName('represent')
  const cases = from.field.shapes.map(
    ({ id, type }, index) =>
      `    case ${id}: return ${representation(below[index] ?? [], type.name, source)}`,
  )
  source.add([
    `function ${name}(object) {`,
    `  if (object === null) return 'null'`,
    '  switch (object.shape) {',
    ...cases,
    '    default: return amiss()',
    '  }',
    '}',
  ])
  return `${inLists(from.field.type, name, source)}(${value})`
}

/** @returns the name of a function that writes what `name` writes of objects in lists. */
export function inLists(type: GraphQLOutputType, name: string, source: Source): string {
  const nullable = isNonNullType(type) ? type.ofType : type
  if (!isListType(nullable)) return name
  const item = inLists(nullable.ofType, name, source)
  const list = source.newName('list')
  source.add([
    `function ${list}(list) {`,
    `  if (list === null) return 'null'`,
    `  if (list.length === 0) return '[]'`,
    `  let text = '[' + ${item}(list[0])`,
    `  for (let index = 1; index < list.length; index++) text += ',' + ${item}(list[index])`,
    `  return text + ']'`,
    '}',
  ])
  return list
}

/** Text as a literal of the source. */
export function literal(text: string): string {
  return JSON.stringify(text)
}
