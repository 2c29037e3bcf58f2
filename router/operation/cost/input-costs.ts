import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLInputField,
  getNamedType,
  isInputObjectType,
  Kind,
  type ValueNode,
} from 'graphql'
import type { Field } from './annotations.ts'
import type { SchemaCosts } from './schema-costs.ts'
import type { Arithmetic, Term, Variables } from './term.ts'

type Definition = GraphQLArgument | GraphQLInputField

/**
 * The cost of a field's arguments. An input object costs its own weight, 1 by default, and that of its
 * fields; a list its own and that of its elements; a scalar or enum value the weight of its argument or input
 * field, else that of its type. A null and an absent argument cost nothing. A sum may be negative.
 */
export function argumentCosts(
  node: FieldNode,
  field: Field,
  costs: SchemaCosts,
  arithmetic: Arithmetic,
): readonly Term[] {
  return (node.arguments ?? []).flatMap(({ name, value }) => {
    const definition = field.args.find((argument) => argument.name === name.value)
    return definition ? literalCosts(value, definition, costs, arithmetic) : []
  })
}

function literalCosts(
  value: ValueNode,
  definition: Definition,
  costs: SchemaCosts,
  arithmetic: Arithmetic,
): readonly Term[] {
  const own = costs.annotations.weightOf(definition)
  const type = getNamedType(definition.type)
  switch (value.kind) {
    case Kind.NULL:
      return []
    case Kind.VARIABLE: {
      const name = value.name.value
      return isAlwaysFree(definition, costs) ? [] : [arithmetic.read(variableCost(name, definition, costs))]
    }
    case Kind.LIST:
      return [own ?? 0, ...value.values.flatMap((item) => literalCosts(item, definition, costs, arithmetic))]
    case Kind.OBJECT: {
      // A custom scalar may be written as an object.
      if (!isInputObjectType(type)) return [own ?? costs.weights.ofInput(type)]
      const fields = type.getFields()
      const below = value.fields.flatMap((field) => {
        const inner = fields[field.name.value]
        return inner ? literalCosts(field.value, inner, costs, arithmetic) : []
      })
      return [own ?? 1, ...below]
    }
    case Kind.ENUM:
      return [own ?? costs.weights.ofInput(type, value.value)]
    default:
      return [own ?? costs.weights.ofInput(type)]
  }
}

/** Whether the values of a variable never cost anything. */
function isAlwaysFree(definition: Definition, { annotations, weights }: SchemaCosts): boolean {
  const type = getNamedType(definition.type)
  return !isInputObjectType(type) && (annotations.weightOf(definition) ?? 0) === 0 && weights.isFree(type)
}

/** A top-level function, since its closure is cached. */
function variableCost(name: string, definition: Definition, costs: SchemaCosts) {
  return (variables: Variables) =>
    Object.hasOwn(variables, name) ? valueCost(variables[name], definition, costs) : 0
}

/** @param value coerced to its type, so that its depth is bounded by coercion. */
function valueCost(value: unknown, definition: Definition, costs: SchemaCosts): number {
  if (value === null || value === undefined) return 0
  const own = costs.annotations.weightOf(definition)
  const type = getNamedType(definition.type)
  if (Array.isArray(value)) {
    let total = own ?? 0
    for (const item of value) total += valueCost(item, definition, costs)
    return total
  }
  if (isInputObjectType(type)) {
    let total = own ?? 1
    const fields = type.getFields()
    // Coercion makes an object of what the type has.
    for (const [name, item] of Object.entries(value)) {
      const inner = fields[name]
      if (inner) total += valueCost(item, inner, costs)
    }
    return total
  }
  return own ?? costs.weights.ofInput(type, typeof value === 'string' ? value : undefined)
}
