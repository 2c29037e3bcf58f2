import type { StringValueNode } from 'graphql'
import { fieldsOf, hasDirective, inputFieldsOf, type SchemaOutline, valuesOf } from './schema-outline.ts'

type Described = { readonly description?: StringValueNode; readonly name: { readonly value: string } }

/**
 * A definition in several subgraphs must have the same description in all of them, since composition keeps an
 * arbitrary one. This includes root types; external fields are not merged.
 */
export function sharedDescriptions(schemas: readonly SchemaOutline[]): string[] {
  const described = Map.groupBy(schemas.flatMap(descriptionsOf), ({ coordinate }) => coordinate)
  return [...described].flatMap(([coordinate, places]) => {
    const texts = Map.groupBy(places, ({ text }) => text)
    if (texts.size === 1) return []
    const variants = [...texts].map(([text, by]) => {
      return `${by.map(({ subgraph }) => subgraph).join(', ')} ${text === '' ? 'says nothing' : JSON.stringify(text)}`
    })
    return [`${coordinate}: is described in several ways: ${variants.join('; ')}`]
  })
}

function descriptionsOf({ subgraph, types }: SchemaOutline) {
  const place = (coordinate: string, { description }: Described) => {
    return { subgraph, coordinate, text: description?.value.trim() ?? '' }
  }
  return [...types.values()].flatMap((node) => {
    const type = node.name.value
    const fields = fieldsOf(node).filter((field) => !hasDirective(field, 'external'))
    return [
      place(type, node),
      ...fields.flatMap((field) => [
        place(`${type}.${field.name.value}`, field),
        ...(field.arguments ?? []).map((argument) =>
          place(`${type}.${field.name.value}(${argument.name.value}:)`, argument),
        ),
      ]),
      ...[...inputFieldsOf(node), ...valuesOf(node)].map((part) => place(`${type}.${part.name.value}`, part)),
    ]
  })
}
