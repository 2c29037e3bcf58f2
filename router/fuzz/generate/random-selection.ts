import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
} from 'graphql'
import type { Draw } from '../seeded-random.ts'
import { randomLiteral } from './random-inputs.ts'

export type Writing = {
  readonly schema: GraphQLSchema
  readonly variables: Map<string, { readonly type: GraphQLInputType; readonly initial: string }>
  readonly fragments: Map<string, string>
  /** The number of fields that may still be written. */
  room: number
}

const DEPTH = 5

export function selectionSet(type: GraphQLNamedType, draw: Draw, writing: Writing, depth: number): string {
  const parts: string[] = []
  const count = 1 + draw.int(depth === 0 ? 3 : 4)
  for (let index = 0; index < count; index++) {
    const part = draw.fork(index)
    const written = part.chance(isAbstractType(type) ? 60 : 15)
      ? fragment(type, part, writing, depth)
      : field(type, part, writing, depth)
    if (written) parts.push(written)
  }
  return `{ ${parts.length > 0 ? parts.join(' ') : '__typename'} }`
}

function field(type: GraphQLNamedType, draw: Draw, writing: Writing, depth: number): string | null {
  const fields = isObjectType(type) || isInterfaceType(type) ? Object.values(type.getFields()) : []
  if (fields.length === 0 || draw.chance(8))
    return `${draw.chance(30) ? 't: ' : ''}__typename${directive(draw, writing)}`
  const picked = draw.pick(fields)
  const named = getNamedType(picked.type)
  if (writing.room-- <= 0 || (isCompositeType(named) && depth >= DEPTH)) return null
  return `${asked(picked, fields, draw, writing)}${directive(draw, writing)}${below(picked, draw, writing, depth)}`
}

/** A field with its alias, arguments and directives, without its selection set. */
export function asked(
  picked: GraphQLField<unknown, unknown>,
  fields: readonly GraphQLField<unknown, unknown>[],
  draw: Draw,
  writing: Writing,
): string {
  const given = args(picked, draw, writing)
  // A different response name for each set of arguments; otherwise two of them would conflict.
  const alias = given || draw.chance(15) ? `${aliasFor(fields, draw)}: ` : ''
  return `${alias}${picked.name}${given}`
}

export function below(
  { type }: GraphQLField<unknown, unknown>,
  draw: Draw,
  writing: Writing,
  depth: number,
): string {
  const named = getNamedType(type)
  return isCompositeType(named) ? ` ${selectionSet(named, draw.fork('below'), writing, depth + 1)}` : ''
}

/** Sometimes the name of another field: planners fetch some fields for themselves. */
function aliasFor(fields: readonly GraphQLField<unknown, unknown>[], draw: Draw): string {
  return draw.chance(20) ? draw.pick(fields).name : `a${draw.int(900)}`
}

function fragment(type: GraphQLNamedType, draw: Draw, writing: Writing, depth: number): string | null {
  if (writing.room-- <= 0) return null
  const others = conditionsFor(type, writing.schema)
  // An interface may have no implementation that clients see.
  const condition = draw.chance(15) || others.length === 0 ? type : draw.pick(others)
  const body = selectionSet(condition, draw.fork('fragment'), writing, depth)
  const mark = directive(draw, writing)
  if (condition === type && draw.chance(30)) return `...${mark} ${body}`
  if (draw.chance(65)) return `... on ${condition.name}${mark} ${body}`
  const name = `F${writing.fragments.size}`
  writing.fragments.set(name, `fragment ${name} on ${condition.name} ${body}`)
  return `...${name}${mark}${draw.chance(20) ? ` ...${name}` : ''}`
}

/** Types of the fragments that may be spread in a selection of `type`. */
function conditionsFor(type: GraphQLNamedType, schema: GraphQLSchema): readonly GraphQLNamedType[] {
  const possible = isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : []
  const wider = Object.values(schema.getTypeMap()).filter(
    (other) => isAbstractType(other) && schema.getPossibleTypes(other).some((one) => possible.includes(one)),
  )
  return [...possible, ...possible, ...wider]
}

export function directive(draw: Draw, writing: Writing, percent = 10): string {
  if (!draw.chance(percent)) return ''
  const one = () => {
    const name = draw.pick(['skip', 'include'])
    return ` @${name}(if: ${draw.chance(75) ? variable(writing, 'Boolean!', draw) : draw.chance(50)})`
  }
  const first = one()
  const isSkip = first.startsWith(' @skip')
  if (!draw.chance(15)) return first
  const second = variable(writing, 'Boolean!', draw)
  return `${first} @${isSkip ? 'include' : 'skip'}(if: ${second})`
}

function args(picked: GraphQLField<unknown, unknown>, draw: Draw, writing: Writing): string {
  const given = picked.args.flatMap((argument) => {
    const isLeftOut = !String(argument.type).endsWith('!') && draw.chance(25)
    if (isLeftOut) return []
    const value = draw.chance(50)
      ? variable(writing, String(argument.type), draw, argument.type)
      : randomLiteral(argument.type, draw)
    return [`${argument.name}: ${value}`]
  })
  return given.length > 0 ? `(${given.join(', ')})` : ''
}

function variable(writing: Writing, text: string, draw: Draw, type?: GraphQLInputType): string {
  const known = [...writing.variables].filter(([, { type: one }]) => String(one) === text)
  if (known.length > 0 && draw.chance(50)) return `$${draw.pick(known)[0]}`
  const name = `x${writing.variables.size}`
  const own = type ?? writing.schema.getDirective('skip')?.args[0]?.type
  if (!own) throw new Error('every schema has @skip')
  const initial = draw.chance(20) ? ` = ${randomLiteral(own, draw)}` : ''
  writing.variables.set(name, { type: own, initial })
  return `$${name}`
}
