import type { IncomingMessage } from 'node:http'
import { isExactNumber } from '../../json/exact-number.ts'
import { isRecord } from '../../json/is-record.ts'
import { printValue } from '../../operation/print-value.ts'
import { quoted } from '../../quoted.ts'
import { badRequest } from '../http-error.ts'
import { parseJson } from './parse-json.ts'

/** The parameters of one GraphQL request (GraphQL over HTTP, section 5). */
export type Parameters = {
  /** Undefined if a persisted operation is identified only by its hash. */
  readonly query: string | undefined
  readonly operationName: string | undefined
  readonly variables: Readonly<Record<string, unknown>>
  readonly extensions: Readonly<Record<string, unknown>>
}

/** Longest value that a message prints, in characters. */
const MAX_VALUE = 100

const NONE: Readonly<Record<string, unknown>> = Object.freeze(Object.create(null))

/** Parameters in a JSON body. @throws HttpError that names the member of the wrong type. */
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
 * Parameters in the URL of a GET.
 * @param nesting maximum nesting of lists and objects in its JSON.
 * @throws HttpError with the parameter that has the wrong type, is encoded wrongly, or occurs twice.
 */
export function parametersInUrl({ url = '' }: IncomingMessage, nesting: number): Parameters {
  const given = queryOf(url)
  const mapIn = (name: string) => {
    const text = given.get(name)
    return mapOf(name, text ? parseJson(text, `\`${name}\``, nesting) : undefined)
  }
  return {
    query: given.get('query'),
    operationName: given.get('operationName'),
    variables: mapIn('variables'),
    extensions: mapIn('extensions'),
  }
}

const KNOWN = new Set(['query', 'operationName', 'variables', 'extensions'])

/**
 * The GraphQL parameters in a URL, in the form `application/x-www-form-urlencoded` (URL Standard, section
 * 5.1); others are ignored. Invalid UTF-8 is refused, where `URLSearchParams` would insert U+FFFD.
 */
function queryOf(url: string): ReadonlyMap<string, string> {
  const start = url.indexOf('?')
  const given = new Map<string, string>()
  if (start < 0) return given
  for (const pair of url.slice(start + 1).split('&')) {
    const equals = pair.indexOf('=')
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals))
    if (!KNOWN.has(name)) continue
    if (given.has(name)) throw badRequest(`\`${name}\` must be given once in the URL.`)
    given.set(name, equals < 0 ? '' : decoded(pair.slice(equals + 1)))
  }
  return given
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw badRequest(`The URL must be percent-encoded UTF-8: ${quoted(text)} is not.`)
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
    : typeof value === 'object' && !isExactNumber(value)
      ? 'an object'
      : printValue(value, MAX_VALUE)
}
