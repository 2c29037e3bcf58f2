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
 * What an answer lacks of the reference's by the same plan; null where nothing. Every value of it is right, as was judged
 * before: where the reference has less, that is the reference's. It has more where an object's type could not be found
 * out: it leaves out what depends on the type, where the other tells an error in the object's place.
 * Errors are compared by where the answer ends on their paths, and only where it ends in a null: an error that left
 * nothing out was of a field that only another one requires, and the reference tells it wherever it asked. Calls that
 * failed as a whole are not compared: merged, they fail once.
 */
export function difference(reference: Answer, other: Answer): string | null {
  const told = other.errors.flatMap(({ path }) => (path ? [path] : []))
  // One error tells that a call failed, for all that it should have completed.
  const isCut = other.errors.some(({ extensions }) => extensions?.code === 'SUBGRAPH_UNAVAILABLE')
  const isAt = (path: Path) => isCut || told.some((one) => one.join('.') === path.join('.'))
  const lost = lostAt(reference.data, other.data, []).find(({ path, isObject }) => !(isObject && isAt(path)))
  if (lost) return `data: ${lost.path.join('.')} is missing`
  const silent = reference.errors
    .filter(({ extensions }) => extensions?.code !== 'SUBGRAPH_UNAVAILABLE')
    .map(({ path = [] }) => path.slice(0, lengthInAnswer(other.data, path)))
    .filter((path) => path.length > 0 && valueAt(other.data, path) === null)
    .filter((path) => !told.some((one) => isWithin(one.slice(0, lengthInAnswer(other.data, one)), path)))
  return silent.length > 0 ? `errors: nothing is told at ${silent.map((path) => path.join('.'))}` : null
}

type Path = readonly (string | number)[]

function isWithin(start: Path, path: Path): boolean {
  return start.every((step, depth) => step === path[depth])
}

/** Where one answer has nothing in the place of another's value. */
function lostAt(
  value: unknown,
  other: unknown,
  path: Path,
): readonly { readonly path: Path; readonly isObject: boolean }[] {
  if (value === null) return []
  const isObject = typeof value === 'object' && !Array.isArray(value)
  if (other === null || other === undefined) return [{ path, isObject }]
  if (typeof value !== 'object' || typeof other !== 'object') return []
  return Object.entries(value).flatMap(([step, part]) =>
    // Both are JSON; lists answer to the texts of numbers.
    lostAt(part, (other as Record<string, unknown>)[step], [...path, step]),
  )
}

/** How many steps of a path there are before the answer ends. */
function lengthInAnswer(data: unknown, path: Path): number {
  let value = data
  for (const [depth, step] of path.entries()) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return depth
    // Checked on the line above; lists answer to numbers.
    value = (value as Record<string | number, unknown>)[step]
  }
  return path.length
}

/** Whether a path is one of the answer, as far as null lets it be followed. */
function isInAnswer(data: unknown, path: Path): boolean {
  const length = lengthInAnswer(data, path)
  return length === path.length || valueAt(data, path.slice(0, length)) === null
}

/** What an answer has at a path that is in it. */
function valueAt(data: unknown, path: Path): unknown {
  let value = data
  for (const step of path) value = (value as Record<string | number, unknown>)[step]
  return value
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

/** Whether two answers are equal, values that depend on others aside. */
export function isSameButMade(one: unknown, other: unknown): boolean {
  const blank = (_: string, value: unknown) =>
    typeof value === 'string' && value.startsWith(MADE) ? MADE : value
  return JSON.stringify(one, blank) === JSON.stringify(other, blank)
}
