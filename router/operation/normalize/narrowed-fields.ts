import { type GraphQLCompositeType, type GraphQLSchema, isInterfaceType } from 'graphql'

/** By interface: its fields that are null in fewer places where an object of some type has them. */
const known = new WeakMap<GraphQLCompositeType, ReadonlySet<string>>()

/**
 * Whether a null, or what counts as one (a hidden value of an enum), travels further up in some objects than the interface
 * says: then an object has to tell its type, even where no fragment asks for it.
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
