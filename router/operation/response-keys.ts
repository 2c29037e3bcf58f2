// Tested in normalize/normalize.test.ts: keys stand in the normal form.

import { type FieldNode, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql'
import { writeArgument, writeDirective } from './print-operation.ts'

/**
 * Under which key the value of a client's field stands in the merged data. One key means one field with one set of
 * arguments and one response name, wherever in the operation it is selected, and by whichever type: an interface may
 * know less of a field than who implements it (a wider type, fewer arguments). So
 * - no client alias meets a field that the planner fetches for itself (keys, `@requires`, with arguments or without);
 * - objects that several places of the answer share can be completed by any of them.
 * Equal fields of two response names are fetched apart, as the client asked: merged, what one selects below could make
 * the other null.
 */
export type DataKeys = {
  keyOf(field: FieldNode): string
  /** The client's name for a key; a key of the planner's own is its own name. */
  responseNameOf(key: string): string
}

export function dataKeys(schema: GraphQLSchema): DataKeys {
  // Keys by what they stand for, which is no name since it has a space, and response names by keys. It is kept with each
  // operation, for long: so it is one map, and none where every field keeps its name.
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
      // No key that is made up is the name of a field: nothing has to be remembered of those that keep their own.
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

/** Arguments in any order are the same; directives that reach subgraphs make a difference. */
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
