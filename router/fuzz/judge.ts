import type { DocumentNode, GraphQLFormattedError, GraphQLSchema } from 'graphql'
import { violation } from './conforms.ts'
import type { Fault } from './fault.ts'
import type { Facts } from './values.ts'

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

/** What is wrong with one answer; null where nothing is. */
export async function judge(
  { facts, schema, document, variables, faults, right }: Question,
  answer: Answer,
): Promise<string | null> {
  const text = JSON.stringify(answer.data)
  if (faults.length === 0) {
    if (text !== right)
      return sameButOrder(text, right) ? 'fields stand in another order' : 'data differs from the whole graph'
    return answer.errors.length > 0
      ? `errors where nothing failed: ${JSON.stringify(answer.errors[0])}`
      : null
  }
  const broken = await violation(facts, schema, document, variables, answer.data)
  if (broken) return broken
  const isQuiet = faults.some(({ kind }) => kind === 'missing' || kind === 'nothing')
  if (text.length < right.length && answer.errors.length === 0 && !isQuiet && !text.includes('made of')) {
    return 'parts are missing and no error says so'
  }
  const lost = answer.errors.find(({ path }) => path && !leadsToNull(answer.data, path))
  return lost ? `an error's path leads to no null: ${JSON.stringify(lost.path)}` : null
}

/** What two answers by one plan differ in; null where nothing does. */
export function difference(one: Answer, other: Answer): string | null {
  if (JSON.stringify(one.data) !== JSON.stringify(other.data)) return 'data'
  const [first, second] = [errorPaths(one), errorPaths(other)]
  return first === second ? null : `error paths: ${first} against ${second}`
}

function errorPaths({ errors }: Answer): string {
  return [...new Set(errors.map(({ path }) => (path ?? []).join('.')))].sort().join(', ')
}

function leadsToNull(data: unknown, path: readonly (string | number)[]): boolean {
  let value = data
  for (const step of path) {
    if (value === null) return true
    if (typeof value !== 'object' || !Object.hasOwn(value, step)) return false
    // Checked on the line above; lists answer to numbers.
    value = (value as Record<string | number, unknown>)[step]
  }
  return value === null
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
