import { type FieldDefinitionNode, Kind, type TypeNode, valueFromASTUntyped } from 'graphql'
import { fieldsOf, hasDirective, namedType, type SchemaOutline } from './schema-outline.ts'

/**
 * The router must be able to calculate the cost of every list. A connection field states by `@listSize` that
 * `first` is the size of its edges; any other list of objects states its maximum length. Scalars and enum
 * values cost nothing, so their lists need no size.
 */
export function listSizes({ types }: SchemaOutline): string[] {
  const fields = [...types.values()].flatMap((node) =>
    // Composition takes the size of an external field from its owner, and refuses another.
    fieldsOf(node)
      .filter((field) => !hasDirective(field, 'external'))
      .map((field) => ({ type: node.name.value, field })),
  )
  const isOfObjects = ({ type }: FieldDefinitionNode) =>
    /^(Object|Interface|Union)Type/.test(types.get(namedType(type))?.kind ?? '')
  const isSized = (type: string, name: string) =>
    fields.some(({ field }) => namedType(field.type) === type && sizedFieldsOf(field).includes(name))
  return fields.flatMap(({ type, field }) => {
    const coordinate = `${type}.${field.name.value}`
    if (namedType(field.type).endsWith('Connection'))
      return sizedFieldsOf(field).includes('edges')
        ? []
        : [`${coordinate}: has no @listSize that sizes edges`]
    const needsSize = isList(field.type) && isOfObjects(field) && !sizeOf(field)
    return needsSize && !isSized(type, field.name.value) ? [`${coordinate}: has no @listSize`] : []
  })
}

function sizeOf({ directives }: FieldDefinitionNode) {
  return directives?.find(({ name }) => name.value === 'listSize')
}

function sizedFieldsOf(field: FieldDefinitionNode): readonly unknown[] {
  const value = sizeOf(field)?.arguments?.find(({ name }) => name.value === 'sizedFields')?.value
  const names: unknown = value && valueFromASTUntyped(value)
  return Array.isArray(names) ? names : []
}

function isList(type: TypeNode): boolean {
  return type.kind === Kind.LIST_TYPE || (type.kind === Kind.NON_NULL_TYPE && isList(type.type))
}
