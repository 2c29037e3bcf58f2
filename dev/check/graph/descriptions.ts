import type { StringValueNode } from 'graphql'
import { fieldsOf, inputFieldsOf, type SchemaOutline, valuesOf } from './schema-outline.ts'

type Described = { readonly description?: StringValueNode; readonly name: { readonly value: string } }

// GraphQL's root types need no description.
const selfEvident = ['Query', 'Mutation', 'Subscription']

/** Every type, field, argument, input field and enum value has a description. */
export function descriptions({ types }: SchemaOutline): string[] {
  return [...types.values()].flatMap((node) => {
    const type = node.name.value
    const ofType = 'description' in node || !node.kind.endsWith('Extension') ? missing(node, type) : []
    const ofFields = fieldsOf(node).flatMap((field) => [
      ...missing(field, `${type}.${field.name.value}`),
      ...(field.arguments ?? []).flatMap((argument) =>
        missing(argument, `${type}.${field.name.value}(${argument.name.value})`),
      ),
    ])
    const ofOthers = [...inputFieldsOf(node), ...valuesOf(node)].flatMap((part) =>
      missing(part, `${type}.${part.name.value}`),
    )
    return [...(selfEvident.includes(type) ? [] : ofType), ...ofFields, ...ofOthers]
  })
}

function missing(node: Described, coordinate: string): string[] {
  return node.description?.value.trim() ? [] : [`${coordinate}: has no description`]
}
