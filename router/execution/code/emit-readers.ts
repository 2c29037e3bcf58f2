// Tested in run-generated.test.ts: the test runs the generated code.

import {
  type GraphQLLeafType,
  type GraphQLOutputType,
  type GraphQLSchema,
  isEnumType,
  isLeafType,
  isListType,
  isNonNullType,
} from 'graphql'
import { isText, isVerbatim, type Shape, type ShapeField } from './object-shapes.ts'
import type { Source } from './source-builder.ts'

/** Writes the functions that read what subgraphs send. They use the scanner by the names of its functions. */
export type Readers = {
  /** @returns the name of a function that reads an object of a shape. */
  object(shape: Shape): string
}

/** @param clientSchema has the enum values that may be shown. */
export function readers(source: Source, clientSchema: GraphQLSchema): Readers {
  const names = new Map<Shape, string>()
  const object = (shape: Shape): string => {
    const known = names.get(shape)
    if (known) return known
    const name = `read${shape.id}`
    names.set(shape, name)
    source.add(isVerbatim(shape) ? verbatimReader(name, shape) : recordReader(name, shape))
    return name
  }

  const verbatimReader = (name: string, shape: Shape): string[] => [
    `function ${name}() { // ${shape.type.name}, as it is`,
    '  const from = here()',
    ...fieldReads(shape, (_, read) => read),
    '  return since(from)',
    '}',
  ]

  const recordReader = (name: string, shape: Shape): string[] => {
    const slots = [...shape.fields.values()].filter(({ type }) => type !== null).map(({ slot }) => slot)
    return [
      `function ${name}() { // ${shape.type.name}`,
      ...fieldReads(shape, ({ slot }, read) => `const ${slot} = ${read}`),
      `  const object = new Object${shape.id}(${slots.join(', ')})`,
      ...(shape.parts.size > 0 ? [`  gathered[${shape.id}].push(object)`] : []),
      '  return object',
      '}',
    ]
  }

  /** The text between two values is expected as one string. */
  const fieldReads = (shape: Shape, statement: (field: ShapeField, read: string) => string): string[] => {
    const lines: string[] = []
    let literal = '{'
    let separator = ''
    for (const field of shape.fields.values()) {
      literal += `${separator}${JSON.stringify(field.key)}:`
      separator = ','
      if (field.type === null) {
        literal += JSON.stringify(shape.type.name)
        continue
      }
      lines.push(`  expect(${JSON.stringify(literal)})`, `  ${statement(field, value(field.type, field))}`)
      literal = ''
    }
    return [...lines, `  expect(${JSON.stringify(`${literal}}`)})`]
  }

  /** An expression that reads a value. */
  const value = (type: GraphQLOutputType, field: ShapeField): string => {
    if (!isNonNullType(type))
      return `isNull() ? ${isText(field) ? "'null'" : 'null'} : ${notNull(type, field)}`
    return notNull(type.ofType, field)
  }

  const notNull = (type: GraphQLOutputType, field: ShapeField): string => {
    if (isListType(type)) return `${list(type.ofType, field)}()`
    if (isLeafType(type)) return leaf(type)
    const [only] = field.shapes
    if (only && field.shapes.length === 1) return `${object(only)}()`
    return `${anyOf(field)}()`
  }

  const list = (type: GraphQLOutputType, field: ShapeField): string => {
    const name = source.newName('list')
    const item = value(type, field)
    const [before, each, after] = isText(field)
      ? ['const from = here()', item, 'since(from)']
      : ['const first = items.length', `items.push(${item})`, 'taken(first)']
    source.add([
      `function ${name}() {`,
      `  ${before}`,
      `  if (opens()) do { ${each} } while (goesOn())`,
      `  return ${after}`,
      '}',
    ])
    return name
  }

  const anyOf = ({ shapes }: ShapeField): string => {
    const name = source.newName('any')
    const cases = shapes.map(
      (shape) => `    case ${JSON.stringify(shape.type.name)}: return ${object(shape)}()`,
    )
    source.add([
      `function ${name}() {`,
      '  switch (typenameAhead()) {',
      ...cases,
      '    default: return mismatch()',
      '  }',
      '}',
    ])
    return name
  }

  const leaf = (type: GraphQLLeafType): string => {
    if (isEnumType(type)) {
      const shown = clientSchema.getType(type.name)
      const values = isEnumType(shown) ? shown.getValues() : type.getValues()
      return `oneOf(${source.constant(new Set(values.map(({ name }) => `"${name}"`)))})`
    }
    return LEAVES.get(type.name) ?? 'scalar()'
  }
  return { object }
}

const LEAVES: ReadonlyMap<string, string> = new Map([
  ['String', 'string()'],
  ['ID', 'string()'],
  ['Int', 'int()'],
  ['Float', 'float()'],
  ['Boolean', 'boolean()'],
])
