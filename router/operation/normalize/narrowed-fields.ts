import { type GraphQLCompositeType, type GraphQLSchema, isInterfaceType } from 'graphql'

/** By interface: fields that are non-null in more places for objects of some type. */
const known = new WeakMap<GraphQLCompositeType, ReadonlySet<string>>()

/**
 * Whether a null (or a hidden enum value, which counts as one) propagates further in some objects than the
 * interface states. Their type is then needed, even if no fragment requires it.
 */
export function isNarrowed(type: GraphQLCompositeType, field: string, schema: GraphQLSchema): boolean {
  if (!isInterfaceType(type)) return false
  let names = known.get(type)
  if (!names) {
    const objects = schema.getPossibleTypes(type)
    const fields = Object.values(type.getFields())
    const narrowed = fields.filter(({ name, type: wide }) =>
      objects.some((object) => wrapping(object.getFields()[name]?.type) !== wrapping(wide)),
    )
    names = new Set(narrowed.map(({ name }) => name))
    known.set(type, names)
  }
  return names.has(field)
}

/** List and non-null marks around the name of a type. */
function wrapping(type: unknown): string {
  return String(type).replace(/\w+/, '')
}
