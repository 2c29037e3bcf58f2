import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { asInterfacesSay } from './as-interfaces-say.ts'
import { SHAPE, violation } from './conforms.ts'
import { unexplained } from './explained.ts'
import type { Fault } from './fault.ts'
import { type Losses, TYPE } from './losses.ts'
import { cut, endOf, isWithin, lengthInAnswer, lostAt, type Path, valueAt } from './path.ts'
import { type Facts, isMade } from './values.ts'
import type { Right } from './whole-world.ts'

export type Answer = { readonly data: unknown; readonly errors: readonly GraphQLFormattedError[] }

/** One case with everything that its answers are held against. */
export type Question = {
  readonly facts: Facts
  readonly schema: GraphQLSchema
  readonly document: DocumentNode
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>
  readonly faults: readonly Fault[]
  /** What the whole world answers. */
  readonly right: Right
}

/** What is wrong, by kind (which a smaller case must share) and in words. */
export type Wrong = {
  readonly kind: 'throws' | 'data' | 'order' | 'errors' | 'differs'
  readonly what: string
}

export const OTHER_VALUES = 'a field was given other values than it should be'

/** What is wrong with one answer; null where nothing is. */
export async function judge(question: Question, answer: Answer, losses: Losses): Promise<Wrong | null> {
  const wrong = await judged(question, answer, losses)
  const { facts, schema } = question
  const isUntyped = wrong && [...losses.keys()].some((key) => key.endsWith(`.${TYPE}`))
  return isUntyped
    ? judged({ ...question, schema: asInterfacesSay(schema, facts.world) }, answer, losses)
    : wrong
}

async function judged(question: Question, answer: Answer, losses: Losses): Promise<Wrong | null> {
  const { facts, schema, document, variables } = question
  const right = question.right.text
  const text = JSON.stringify(answer.data)
  if (text === right) return unprovoked(question, answer)
  if (sameButOrder(text, right)) return { kind: 'order', what: 'fields stand in another order' }
  const broken = await violation(facts, schema, document, variables, answer.data)
  if (broken) return { kind: broken === SHAPE ? 'order' : 'data', what: broken }
  const odd = await unexplained(question, answer, losses)
  if (odd) return { kind: odd.endsWith('why') ? 'errors' : 'data', what: odd }
  // Nothing is missing: what is made of other values is made of wrong ones, which only a fault may cause.
  if (question.faults.length === 0) return { kind: 'data', what: OTHER_VALUES }
  const lost = answer.errors.find(({ path }) => path && !isInAnswer(answer.data, path))
  return lost
    ? { kind: 'errors', what: `an error's path is not in the answer: ${JSON.stringify(lost.path)}` }
    : null
}

function unprovoked({ faults, right }: Question, { errors }: Answer): Wrong | null {
  if (faults.length > 0) return null
  // Of several that make one list null, any may be told.
  const data: unknown = JSON.parse(right.text)
  const ends = new Set(right.errors.map((path) => String(cut(data, path))))
  const error = errors.find(({ path = [] }) => !ends.has(String(cut(data, path))))
  if (error) return { kind: 'errors', what: `an error where nothing failed: ${JSON.stringify(error)}` }
  const told = new Set(errors.map(({ path = [] }) => String(cut(data, path))))
  const untold = [...ends].find((end) => !told.has(end))
  return untold === undefined ? null : { kind: 'errors', what: `no error tells what is wrong at ${untold}` }
}

/**
 * What an answer lacks of the reference's where both lost the same on the way; null where nothing. Every value of it is
 * right, and what it lacks is explained, as was judged before: where the reference has less, that is the reference's. It
 * has more where an object's type could not be found out, or a call failed: it leaves out what depends on that, where
 * the other tells an error in the object's place.
 * Errors are compared by where the answer ends on their paths, and only where it ends in a null that is not right: an error
 * that left nothing out was of a field that only another one requires, and the reference tells it wherever it asked. Calls that
 * failed as a whole are not compared: merged, they fail once.
 */
export function difference(reference: Answer, other: Answer, right: unknown): string | null {
  const told = other.errors.flatMap(({ path }) => (path ? [cut(other.data, path)] : []))
  // One error tells that a call failed, for all that it should have completed.
  const isCut = other.errors.some(({ extensions }) => extensions?.code === 'SUBGRAPH_UNAVAILABLE')
  const lost = lostAt(reference.data, other.data).find((path) => {
    const value = valueAt(reference.data, path)
    // Made of what was lost, of which the reference sends null in the place of what may not be null.
    if (isMade(value) && value !== (endOf(right, path) ? null : valueAt(right, path))) return false
    const isTold = isCut || told.some((one) => isWithin(path, one))
    return !(isTold && typeof value === 'object')
  })
  if (lost) return `data: ${lost.join('.')} is missing`
  const silent = reference.errors
    .filter(({ extensions }) => extensions?.code !== 'SUBGRAPH_UNAVAILABLE')
    .map(({ path = [] }) => cut(other.data, path))
    .filter((path) => path.length > 0 && valueAt(other.data, path) === null && endOf(right, path) === null)
    .filter((path) => !told.some((one) => isWithin(one, path)))
  return silent.length > 0 ? `errors: nothing is told at ${silent.map((path) => path.join('.'))}` : null
}

/** Whether a path is one of the answer, as far as null lets it be followed. */
function isInAnswer(data: unknown, path: Path): boolean {
  const length = lengthInAnswer(data, path)
  return length === path.length || valueAt(data, path.slice(0, length)) === null
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
