import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { SHAPE, violation } from './conforms.ts'
import type { Fault } from './fault.ts'
import { type Facts, MADE } from './values.ts'

export type Answer = { readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] }

/** One case with everything that its answers are held against. */
export type Question = {
  readonly facts: Facts
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
  /** What the whole world answers, as JSON text. */
  readonly right: string
}

/** What is wrong, by kind (which a smaller case must share) and in words. */
export type Wrong = {
  readonly kind: 'throws' | 'data' | 'order' | 'errors' | 'differs'
  readonly what: string
}

/** What is wrong with one answer; null where nothing is. */
export async function judge(question: Question, answer: Answer): Promise<Wrong | null> {
  const { facts, schema, document, variables, faults, right } = question
  const text = JSON.stringify(answer.data)
  if (text === right) return unprovoked(faults, answer)
  if (sameButOrder(text, right)) return { kind: 'order', what: 'fields stand in another order' }
  const broken = await violation(facts, schema, document, variables, answer.data)
  if (broken) return { kind: broken === SHAPE ? 'order' : 'data', what: broken }
  if (faults.length === 0) return { kind: 'data', what: 'something is null that is not in the whole graph' }
  const isQuiet = faults.some(({ kind }) => kind === 'missing' || kind === 'nothing')
  if (answer.errors.length === 0 && !isQuiet && text.length < right.length && !text.includes(MADE)) {
    return { kind: 'errors', what: 'parts are missing and no error says so' }
  }
  const lost = answer.errors.find(({ path }) => path && !isInAnswer(answer.data, path))
  return lost
    ? { kind: 'errors', what: `an error's path is not in the answer: ${JSON.stringify(lost.path)}` }
    : null
}

function unprovoked(faults: readonly Fault[], { errors: [error] }: Answer): Wrong | null {
  const isProvoked = faults.length > 0 || !error
  return isProvoked
    ? null
    : { kind: 'errors', what: `an error where nothing failed: ${JSON.stringify(error)}` }
}

/**
 * What two answers by one plan differ in; null where nothing does. Errors are compared by where the answer ends on their
 * paths. Calls that failed as a whole are not: merged, they fail once. And the reference keeps silent about nulls in
 * non-null places as soon as any other error is told, so it may tell less. Where a field failed that only another one
 * requires, no path of the answer is quite right: one that leads there will do.
 */
export function difference(reference: Answer, other: Answer): string | null {
  if (withoutMade(reference.data) !== withoutMade(other.data)) return 'data'
  const told = endsOf(other)
  const silent = endsOf(reference).filter(
    (path) => !told.some((start) => `${path}.`.startsWith(start && `${start}.`)),
  )
  return silent.length > 0 ? `errors: nothing is told at ${silent.join(', ')}` : null
}

/** The reference sends other representations where it requires lists of lists: what is made of them differs. */
function withoutMade(data: unknown): string {
  const blank = (_: string, value: unknown) =>
    typeof value === 'string' && value.startsWith(MADE) ? MADE : value
  return JSON.stringify(data, blank)
}

function endsOf({ data, errors }: Answer): readonly string[] {
  const located = errors.filter(({ path, extensions }) => path && extensions?.code !== 'SUBGRAPH_UNAVAILABLE')
  return located.map(({ path = [] }) => path.slice(0, lengthInAnswer(data, path)).join('.'))
}

/** How many steps of a path there are before the answer ends. */
function lengthInAnswer(data: unknown, path: readonly (string | number)[]): number {
  let value = data
  for (const [depth, step] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return depth
    // Checked on the line above; lists answer to numbers.
    value = (value as Record<string | number, unknown>)[step]
  }
  return path.length
}

/** Whether a path is one of the answer, as far as null lets it be followed. */
function isInAnswer(data: unknown, path: readonly (string | number)[]): boolean {
  const length = lengthInAnswer(data, path)
  let value = data
  // Steps that are in the answer, as was just measured.
  for (const step of path.slice(0, length)) value = (value as Record<string | number, unknown>)[step]
  return length === path.length || value === null
}

function sameButOrder(one: string, other: string): boolean {
  return canonical(JSON.parse(one)) === canonical(JSON.parse(other))
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical)}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const parts = Object.entries(value).map(([name, part]) => `${JSON.stringify(name)}:${canonical(part)}`)
  return `{${parts.sort()}}`
}
