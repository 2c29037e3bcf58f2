import type { IncomingMessage } from 'node:http'
import { isRecord } from '../fetching/subgraph-error.ts'
import { printValue } from '../operation/print-value.ts'
import { parseJson } from './parse-json.ts'
import { badRequest } from './refusal.ts'

/** The parameters of one GraphQL request (GraphQL over HTTP, section 5). */
export type Parameters = {
  /** Left out where a persisted operation is named by its hash alone. */
  readonly query: string | undefined
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly extensions: Readonly<Record<string, unknown>>
}

/** Longest value that a message prints, in characters. */
const MAX_VALUE = 100

const NONE: Readonly<Record<string, unknown>> = {}

/** Of a JSON body. @throws Refusal that names what is not of its type. */
export function parametersOf(body: unknown): Parameters {
  if (!isRecord(body)) throw badRequest('The body must be a JSON object with a non-empty `query`.')
  const { query, operationName, variables, extensions } = body
  return {
    query: textOf('query', query),
    operationName: textOf('operationName', operationName),
    variables: mapOf('variables', variables),
    extensions: mapOf('extensions', extensions),
  }
}

/**
 * Of the URL of a GET.
 * @param nesting how many lists and objects its JSON may have within each other.
 * @throws Refusal that names what is not of its type.
 */
export function parametersInUrl({ url = '' }: IncomingMessage, nesting: number): Parameters {
  const start = url.indexOf('?')
  const given = new URLSearchParams(start < 0 ? '' : url.slice(start + 1))
  const jsonOf = (name: string) => {
    const text = given.get(name)
    return text ? parseJson(text, `\`${name}\``, nesting) : undefined
  }
  return {
    query: given.get('query') ?? undefined,
    operationName: given.get('operationName') ?? undefined,
    variables: mapOf('variables', jsonOf('variables')),
    extensions: mapOf('extensions', jsonOf('extensions')),
  }
}

function textOf(name: string, value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'string') return value
  throw badRequest(`\`${name}\` must be a string, not ${kindOf(value)}.`)
}

function mapOf(name: string, value: unknown): Readonly<Record<string, unknown>> {
  if (value === undefined || value === null) return NONE
  if (isRecord(value)) return value
  throw badRequest(`\`${name}\` must be a JSON object, not ${kindOf(value)}.`)
}

function kindOf(value: unknown): string {
  return Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'an object'
      : printValue(value, MAX_VALUE)
}
