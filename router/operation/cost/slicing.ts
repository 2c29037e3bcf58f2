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
import type { Field } from './annotations.ts'
import type { ListSize } from './list-size.ts'
import type { Arithmetic, Term, Variables } from './term.ts'

/** A slicing argument as a request has it; undefined where it is absent or null. */
type Given = { readonly size: number; readonly isDefault: boolean } | undefined
type Slice = Given | ((variables: Variables) => Given)

/** How long a list is by its annotation; undefined: nothing says it. */
export type Sizing = {
  readonly size: Term | undefined
  /** Tells which slicing arguments of a request are one too few, or too many; null: none. */
  readonly problem: ((variables: Variables) => string | null) | null
}

/**
 * Sizes a list (IBM cost specification, section 8): by the largest of its slicing arguments, else as it is assumed.
 * @param fallback where arguments that may be absent are all there is.
 */
export function sizingOf(
  node: FieldNode,
  field: Field,
  listSize: ListSize,
  fallback: number,
  arithmetic: Arithmetic,
): Sizing {
  const { assumedSize, slicingArguments, requiresOne } = listSize
  const slices = slicingArguments.map((path) => sliceOf(node, field, path))
  const given = (variables: Variables) =>
    slices.flatMap((slice) => (typeof slice === 'function' ? slice(variables) : slice) ?? [])
  const sizeFor = (variables: Variables): number | undefined => {
    const all = given(variables)
    return all.length > 0 ? Math.max(...all.map(({ size }) => size)) : assumedSize
  }
  const problem = requiresOne ? (variables: Variables) => problemOf(given(variables), field, listSize) : null
  const isKnown = slices.every((slice) => typeof slice !== 'function')
  const size = isKnown ? sizeFor({}) : arithmetic.read((variables) => sizeFor(variables) ?? fallback)
  return { size, problem }
}

function problemOf(given: readonly NonNullable<Given>[], { name }: Field, listSize: ListSize): string | null {
  const explicit = given.filter(({ isDefault }) => !isDefault).length
  const count = explicit > 0 ? explicit : given.length
  if (count === 1) return null
  const names = listSize.slicingArguments.map((path) => path.join('.')).join(', ')
  return `The field ${name} takes exactly one of its slicing arguments (${names}), not ${count}.`
}

function sliceOf(node: FieldNode, field: Field, path: readonly string[]): Slice {
  const [first, ...rest] = path
  const definition = field.args.find(({ name }) => name === first)
  if (!definition) return undefined
  const value = node.arguments?.find(({ name }) => name.value === first)?.value
  return sliceIn(value, definition, rest)
}

/** @param value of an argument, or of a field of an input object. @param path below it. */
function sliceIn(
  value: ValueNode | undefined,
  definition: GraphQLArgument | GraphQLInputField,
  path: readonly string[],
): Slice {
  if (!value) return given(valueAt(definition.defaultValue, path), true)
  if (value.kind === Kind.VARIABLE) {
    const name = value.name.value
    return (variables) =>
      // A variable that is not given counts as an argument that is not (GraphQL, section 6.4.1).
      Object.hasOwn(variables, name)
        ? given(valueAt(variables[name], path), false)
        : given(valueAt(definition.defaultValue, path), true)
  }
  const [next, ...rest] = path
  if (next === undefined) return literalSlice(value)
  const type = getNamedType(definition.type)
  const inner = isInputObjectType(type) ? type.getFields()[next] : undefined
  return inner && value.kind === Kind.OBJECT ? sliceIn(fieldOf(value, next), inner, rest) : undefined
}

function fieldOf({ fields }: ObjectValueNode, name: string): ValueNode | undefined {
  return fields.find((field) => field.name.value === name)?.value
}

function literalSlice(value: ValueNode): Slice {
  if (value.kind === Kind.LIST) return given(value.values, false)
  if (value.kind === Kind.INT || value.kind === Kind.FLOAT || value.kind === Kind.STRING)
    return given(value.value, false)
  return undefined
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let at = value
  for (const name of path) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined
    at = (at as Readonly<Record<string, unknown>>)[name]
  }
  return at
}

/** A list of ids slices by its length. */
function given(value: unknown, isDefault: boolean): Given {
  if (Array.isArray(value)) return { size: value.length, isDefault }
  if (typeof value !== 'number' && typeof value !== 'string' && typeof value !== 'bigint') return undefined
  const size = Math.ceil(Number(value))
  return Number.isFinite(size) && value !== '' ? { size: Math.max(0, size), isDefault } : undefined
}
