import { parseExactly } from '../../json/exact-json.ts'
import { badRequest } from '../http-error.ts'
import { isNestedDeeper } from './json-nesting.ts'
import { hasLoneSurrogate } from './well-formed.ts'

/**
 * Parses JSON of a client; numbers that JavaScript cannot represent keep their digits. A byte order mark
 * before it is skipped, as RFC 8259 (section 8.1) allows.
 * @param name of the part of the request, for the message.
 * @param nesting maximum nesting of lists and objects.
 * @throws HttpError for a text that is not JSON, is nested deeper, or has half of a surrogate pair in a
 * string or a name.
 */
export function parseJson(text: string, name: string, nesting: number): unknown {
  if (isNestedDeeper(text, nesting))
    throw badRequest(`${name} is nested deeper than the maximum of ${nesting} lists and objects.`)
  const value = parsed(text.startsWith('\uFEFF') ? text.slice(1) : text, name)
  if (hasLoneSurrogate(text, value))
    throw badRequest(`${name} contains half of a UTF-16 surrogate pair, which is not a character.`)
  return value
}

function parsed(text: string, name: string): unknown {
  try {
    return parseExactly(text, Number.POSITIVE_INFINITY)
  } catch {
    throw badRequest(`${name} is not valid JSON.`)
  }
}
