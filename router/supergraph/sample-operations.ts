import {
  type GraphQLField,
  type GraphQLNamedOutputType,
  type GraphQLSchema,
  getNamedType,
  isInterfaceType,
  isLeafType,
  isObjectType,
  isRequiredArgument,
} from 'graphql'

/** Maximum number of leaves and of objects that are selected on one object. */
const LEAVES = 10
const OBJECTS = 2
const DEPTHS = [2, 3, 1]

/** Valid queries over large parts of a schema: for each field of Query, a deep and a flat one. */
export function* sampleOperations(schema: GraphQLSchema): Generator<string> {
  const fields = Object.values(schema.getQueryType()?.getFields() ?? {})
  for (const depth of DEPTHS) {
    for (const field of fields) {
      const args = field.args.filter(isRequiredArgument)
      const declared = args.map(({ name, type }) => `$${name}: ${type}`).join(' ')
      const given = args.map(({ name }) => `${name}: $${name}`).join(' ')
      const below = selection(getNamedType(field.type), depth)
      yield `query${declared && `(${declared})`} { ${field.name}${given && `(${given})`}${below} }`
    }
  }
}

function selection(type: GraphQLNamedOutputType, depth: number): string {
  if (isLeafType(type)) return ''
  if (!isObjectType(type) && !isInterfaceType(type)) return ' { __typename }'
  const fields = Object.values(type.getFields()).filter(({ args }) => !args.some(isRequiredArgument))
  const isLeaf = (field: GraphQLField<unknown, unknown>) => isLeafType(getNamedType(field.type))
  const leaves = fields.filter(isLeaf).slice(0, LEAVES)
  const objects = depth > 0 ? fields.filter((field) => !isLeaf(field)).slice(0, OBJECTS) : []
  const selected = [...leaves, ...objects].map(
    (field) => `${field.name}${selection(getNamedType(field.type), depth - 1)}`,
  )
  return ` { ${['__typename', ...selected].join(' ')} }`
}
