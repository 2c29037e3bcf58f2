import { type GraphQLInputType, isEnumType, isInputObjectType, isListType, isNonNullType } from 'graphql'
import type { Draw } from '../seeded-random.ts'

/** An input value as JSON. */
export function randomValue(type: GraphQLInputType, draw: Draw, depth = 0): unknown {
  if (isNonNullType(type)) return present(type.ofType, draw, depth)
  return draw.chance(15) ? null : present(type, draw, depth)
}

function present(type: GraphQLInputType, draw: Draw, depth: number): unknown {
  if (isNonNullType(type)) return present(type.ofType, draw, depth)
  if (isListType(type)) {
    // Coercion turns a single value into a list.
    if (draw.chance(15)) return present(type.ofType, draw, depth)
    return Array.from({ length: draw.int(3) }, () => randomValue(type.ofType, draw, depth))
  }
  if (isEnumType(type)) return draw.pick(type.getValues()).name
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter(
      ({ name }) => draw.chance(50) && (name !== 'more' || depth < 2),
    )
    return Object.fromEntries(fields.map((field) => [field.name, randomValue(field.type, draw, depth + 1)]))
  }
  if (type.name === 'Int') return draw.int(7)
  if (type.name === 'Boolean') return draw.chance(50)
  if (type.name === 'Float') return draw.int(9) / 2
  return draw.pick(['one', 'tw"o', 'thrée'])
}

/** The same value as a literal in a document. */
export function randomLiteral(type: GraphQLInputType, draw: Draw): string {
  return literal(type, randomValue(type, draw))
}

function literal(type: GraphQLInputType, value: unknown): string {
  if (value === null) return 'null'
  if (isNonNullType(type)) return literal(type.ofType, value)
  if (isListType(type)) {
    return Array.isArray(value)
      ? `[${value.map((element) => literal(type.ofType, element)).join(', ')}]`
      : literal(type.ofType, value)
  }
  if (isInputObjectType(type)) {
    const fields = type.getFields()
    const given = Object.entries(value as Record<string, unknown>).flatMap(([name, part]) =>
      fields[name] ? [`${name}: ${literal(fields[name].type, part)}`] : [],
    )
    return `{ ${given.join(', ')} }`
  }
  return isEnumType(type) ? String(value) : JSON.stringify(value)
}

/** Values for an operation's variables; optional ones are sometimes omitted. */
export function randomVariables(
  variables: ReadonlyMap<string, GraphQLInputType>,
  draw: Draw,
): Record<string, unknown> {
  const values: Record<string, unknown> = {}
  for (const [name, type] of variables) {
    const part = draw.fork(name)
    if (!isNonNullType(type) && part.chance(20)) continue
    values[name] = randomValue(type, part)
  }
  return values
}
