import { type FieldNode, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql'
import { writeArgument, writeDirective } from './print-operation.ts'

/**
 * The key of a client's field in the merged data. One key means one field with one set of arguments and one
 * response name, wherever in the operation and on whichever type it is selected, since an interface may know
 * less of a field than its implementations (a wider type, fewer arguments). So
 * - no client alias collides with a field that the planner itself fetches (keys, `@requires`, with arguments
 * or without);
 * - objects that occur at several places of the answer can be completed by any of them. Equal fields with two
 * response names are fetched separately: merged, the selections below one could make the other null.
 */
export type DataKeys = {
  keyOf(field: FieldNode): string
  /** The client's name for a key. A key of the planner is its own name. */
  responseNameOf(key: string): string
}

export function dataKeys(schema: GraphQLSchema): DataKeys {
  // Keys by their description, which contains a space and so is never a name, and response names by keys. It
  // is one map, and none if every field keeps its name, since it is cached with each operation.
  let made: Map<string, string> | null = null
  const takesArguments = fieldNamesOf(schema)
  const isTaken = (key: string) => takesArguments.has(key) || made?.has(key) === true
  const newKey = (name: string): string => {
    let count = 0
    while (isTaken(`_${name}_${count}`)) count++
    return `_${name}_${count}`
  }
  return {
    keyOf(field) {
      const name = field.name.value
      const responseName = responseNameOf(field)
      // Generated keys are never names of fields, so fields that keep their own names need no entry.
      if (takesArguments.get(name) === false && responseName === name && !hasOwnDirective(field)) return name
      const signature = `${name}${detailOf(field)} ${responseName}`
      const known = made?.get(signature)
      if (known !== undefined) return known
      const key = newKey(name)
      made ??= new Map()
      made.set(signature, key)
      made.set(key, responseName)
      return key
    },
    responseNameOf: (key) => made?.get(key) ?? key,
  }
}

export function responseNameOf({ alias, name }: FieldNode): string {
  return (alias ?? name).value
}

export function isCondition(directive: string): boolean {
  return directive === 'skip' || directive === 'include'
}

function hasOwnDirective({ directives = [] }: FieldNode): boolean {
  return directives.some(({ name }) => !isCondition(name.value))
}

/** The order of arguments does not matter. Directives that reach subgraphs do. */
function detailOf({ arguments: args = [], directives = [] }: FieldNode): string {
  if (args.length + directives.length === 0) return ''
  const own = directives.filter(({ name }) => !isCondition(name.value))
  return [...args.map(writeArgument).sort(), ...own.map(writeDirective)].join(' ')
}

const fieldNames = new WeakMap<GraphQLSchema, ReadonlyMap<string, boolean>>()

/** The names of all fields, and whether any field of that name takes arguments. */
function fieldNamesOf(schema: GraphQLSchema): ReadonlyMap<string, boolean> {
  const known = fieldNames.get(schema)
  if (known) return known
  const names = new Map<string, boolean>()
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) && !isInterfaceType(type)) continue
    for (const { name, args } of Object.values(type.getFields())) {
      names.set(name, names.get(name) === true || args.length > 0)
    }
  }
  fieldNames.set(schema, names)
  return names
}
