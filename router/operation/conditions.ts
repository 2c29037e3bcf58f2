import { type DirectiveNode, Kind, type TypeNode, visit } from 'graphql'
import { definitionsOf, type Operation } from './operation.ts'
import { isCondition } from './response-keys.ts'

/** The values of the Boolean variables in `@skip` and `@include` of one operation. */
export type Conditions = ReadonlyMap<string, boolean>

/** The variables in `@skip` and `@include` of an operation, each once. */
export function conditionVariables(operation: Operation): readonly string[] {
  const { variableDefinitions = [] } = operation.definition
  if (!variableDefinitions.some(({ type }) => isBoolean(type))) return []
  const names = new Set<string>()
  for (const definition of definitionsOf(operation)) {
    visit(definition, {
      Directive({ name, arguments: args = [] }) {
        const value = isCondition(name.value) ? args[0]?.value : undefined
        if (value?.kind === Kind.VARIABLE) names.add(value.name.value)
      },
    })
  }
  return [...names]
}

function isBoolean(type: TypeNode): boolean {
  const named = type.kind === Kind.NON_NULL_TYPE ? type.type : type
  return named.kind === Kind.NAMED_TYPE && named.name.value === 'Boolean'
}

/** Whether a selection with these directives is included (3.13.1, 3.13.2). */
export function isTaken(directives: readonly DirectiveNode[] = [], conditions: Conditions): boolean {
  return directives.every(({ name, arguments: args = [] }) => {
    const value = isCondition(name.value) ? args[0]?.value : undefined
    if (!value) return true
    const holds =
      value.kind === Kind.VARIABLE
        ? conditions.get(value.name.value) === true
        : value.kind === Kind.BOOLEAN && value.value
    return holds === (name.value === 'include')
  })
}
