import {
  type FieldNode,
  type GraphQLArgument,
  type GraphQLInputField,
  getNamedType,
  isInputObjectType,
  Kind,
  type ObjectValueNode,
  type ValueNode,
} from 'graphql'
import { isExactNumber } from '../../json/exact-number.ts'
import type { Field } from './annotations.ts'
import type { ListSize } from './list-size.ts'
import { type Arithmetic, CEILING, type Term, type Variables } from './term.ts'

/** How long a list is by its annotation; undefined: nothing says it. */
export type Sizing = {
  readonly size: Term | undefined
  /** The error in the slicing arguments of a request; null: there can be none. */
  readonly problem: Problem | null
}

export type Problem = (variables: Variables) => string | null

/** A slicing argument of a field. */
type Slice = {
  /** Set if the size is not a literal of the operation. */
  readonly variable: { readonly name: string; readonly path: readonly string[] } | null
  /** The literal, or the default; ABSENT: omitted, or null. */
  readonly size: number
  readonly isDefault: boolean
}

const ABSENT = -1

/**
 * Determines the length of a list (IBM cost specification, section 8): by the largest of its slicing
 * arguments, else the assumed size.
 * @param fallback used if all arguments may be absent.
 */
export function sizingOf(
  node: FieldNode,
  field: Field,
  listSize: ListSize,
  fallback: number,
  arithmetic: Arithmetic,
): Sizing {
  const slices = listSize.slicingArguments.map((path) => sliceOf(node, field, path))
  const problem = listSize.requiresOne ? problemOf(slices, field.name, listSize) : null
  const { assumedSize } = listSize
  if (slices.some(({ variable }) => variable))
    return { size: arithmetic.read(sizeBy(slices, assumedSize ?? fallback)), problem }
  const size = largest(slices, {})
  return { size: size === ABSENT ? assumedSize : size, problem: problem?.({}) == null ? null : problem }
}

// The closures below are cached. Each is created in a scope of its own, so that none retains the operation's
// tree.

function sizeBy(slices: readonly Slice[], otherwise: number): (variables: Variables) => number {
  return (variables) => {
    const size = largest(slices, variables)
    return size === ABSENT ? otherwise : size
  }
}

function problemOf(slices: readonly Slice[], field: string, { slicingArguments }: ListSize): Problem {
  return (variables) => {
    let [defaults, explicit] = [0, 0]
    for (const slice of slices) {
      if (sizeOf(slice, variables) === ABSENT) continue
      if (isDefault(slice, variables)) defaults++
      else explicit++
    }
    const count = explicit > 0 ? explicit : defaults
    if (count === 1) return null
    const names = slicingArguments.map((path) => path.join('.')).join(', ')
    return `The field ${field} takes exactly one of its slicing arguments (${names}), not ${count}.`
  }
}

function largest(slices: readonly Slice[], variables: Variables): number {
  let most = ABSENT
  for (const slice of slices) most = Math.max(most, sizeOf(slice, variables))
  return most
}

/** An absent variable counts as an absent argument (GraphQL, section 6.4.1). */
function sizeOf({ variable, size }: Slice, variables: Variables): number {
  if (!variable || !Object.hasOwn(variables, variable.name)) return size
  return measured(valueAt(variables[variable.name], variable.path))
}

function isDefault({ variable, isDefault: isOwn }: Slice, variables: Variables): boolean {
  return isOwn && !(variable && Object.hasOwn(variables, variable.name))
}

function sliceOf(node: FieldNode, field: Field, path: readonly string[]): Slice {
  const [first, ...rest] = path
  const definition = field.args.find(({ name }) => name === first)
  const value = node.arguments?.find(({ name }) => name.value === first)?.value
  return definition ? sliceIn(value, definition, rest) : { variable: null, size: ABSENT, isDefault: true }
}

/** @param value of an argument, or of a field of an input object. @param path below it. */
function sliceIn(
  value: ValueNode | undefined,
  definition: GraphQLArgument | GraphQLInputField,
  path: readonly string[],
): Slice {
  if (!value || value.kind === Kind.VARIABLE) {
    const size = measured(valueAt(definition.defaultValue, path))
    return { variable: value ? { name: value.name.value, path } : null, size, isDefault: true }
  }
  const [next, ...rest] = path
  if (next === undefined) return { variable: null, size: literalSize(value), isDefault: false }
  const type = getNamedType(definition.type)
  const inner = isInputObjectType(type) ? type.getFields()[next] : undefined
  if (inner && value.kind === Kind.OBJECT) return sliceIn(fieldOf(value, next), inner, rest)
  return { variable: null, size: ABSENT, isDefault: false }
}

function fieldOf({ fields }: ObjectValueNode, name: string): ValueNode | undefined {
  return fields.find((field) => field.name.value === name)?.value
}

function literalSize(value: ValueNode): number {
  if (value.kind === Kind.LIST) return value.values.length
  const isText = value.kind === Kind.INT || value.kind === Kind.FLOAT || value.kind === Kind.STRING
  return isText ? measured(value.value) : ABSENT
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Readonly<Record<string, unknown>>)[name]
  }
  return at
}

/** A list of ids slices by its length; a custom scalar may write a number as text. */
function measured(value: unknown): number {
  if (Array.isArray(value)) return value.length
  // A number that JavaScript cannot represent: router/json/exact-json.ts keeps its text.
  if (isExactNumber(value)) return measured(value.rawJSON)
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'bigint') return ABSENT
  const size = Math.ceil(Number(value))
  return Number.isNaN(size) || value === '' ? ABSENT : Math.max(0, Math.min(CEILING, size))
}
