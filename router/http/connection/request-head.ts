import type { IncomingMessage } from 'node:http'
import { quoted } from '../../quoted.ts'
import { badRequest, type HttpError } from '../http-error.ts'

/** `host [ ":" port ]` (RFC 3986, sections 3.2.2 and 3.2.3); an empty one is legal. */
const AUTHORITY = /^(?:\[[\da-f:.]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d{0,5})?$/i
/** `absolute-form` of a request target (RFC 9112, section 3.2.2). */
const ABSOLUTE = /^https?:\/\/([^/?#]*)([^#]*)$/i
/** Characters whose percent-encoding means the same as themselves (RFC 3986, sections 2.3 and 6.2.2.2). */
const UNRESERVED = /[\w.~-]/
/** Fields that two parties may read differently if they occur twice: Node keeps the first. */
const SINGLE = new Set(['host', 'authorization', 'content-type', 'content-encoding', 'expect'])
const SINGLE_LENGTHS = new Set([...SINGLE].map(({ length }) => length))

/**
 * Checks the head of a request for violations of RFC 9110 and RFC 9112 that Node's parser accepts.
 * @returns null if there are none.
 */
export function headFault(request: IncomingMessage): HttpError | null {
  const { httpVersionMajor: major, httpVersionMinor: minor, headers, url = '' } = request
  if (major !== 1 || minor > 1) {
    return badRequest(`HTTP/${major}.${minor} is not supported: send HTTP/1.1.`, 505)
  }
  const twice = repeatedField(request.rawHeaders)
  if (twice) return badRequest(`The header ${twice} must be sent at most once.`)
  const { host, 'transfer-encoding': coding } = headers
  if (host === undefined && minor === 1) return badRequest('The header host is missing.')
  if (host && !AUTHORITY.test(host)) {
    return badRequest(`Host ${quoted(host)} is not of the form "name" or "name:port".`)
  }
  if (coding !== undefined && minor === 0) return badRequest('HTTP/1.0 has no transfer-encoding.')
  if (coding !== undefined && coding.toLowerCase() !== 'chunked') {
    return badRequest(`Transfer-Encoding ${quoted(coding)} is not supported: send only chunked.`, 501)
  }
  return isTarget(url, request.method)
    ? null
    : badRequest(`The request target ${quoted(url)} is not a path, such as "/graphql".`)
}

/** User information before the host is not allowed (RFC 9110, section 4.2.4): AUTHORITY does not match it. */
function isTarget(url: string, method: string | undefined): boolean {
  if (url.startsWith('/')) return !url.includes('#')
  if (url === '*') return method === 'OPTIONS'
  const [, authority = ''] = ABSOLUTE.exec(url) ?? []
  return authority !== '' && AUTHORITY.test(authority)
}

function repeatedField(rawHeaders: readonly string[]): string | null {
  let seen: string[] | null = null
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const field = rawHeaders[index] ?? ''
    if (!SINGLE_LENGTHS.has(field.length)) continue
    const name = field.toLowerCase()
    if (!SINGLE.has(name)) continue
    if (seen?.includes(name)) return name
    seen ??= []
    seen.push(name)
  }
  return null
}

/**
 * A valid request target in origin-form: path and query, without scheme and authority. Percent-encoded
 * unreserved characters of the path are decoded, since both spellings name one resource.
 */
export function originForm(target: string): string {
  const whole = target.startsWith('/') ? target : withoutAuthority(target)
  const [path = ''] = whole.split('?', 1)
  if (!path.includes('%')) return whole
  return path.replace(/%[\da-f]{2}/gi, decodedUnreserved) + whole.slice(path.length)
}

function withoutAuthority(target: string): string {
  const rest = ABSOLUTE.exec(target)?.[2]
  if (rest === undefined) return target
  return rest.startsWith('/') ? rest : `/${rest}`
}

function decodedUnreserved(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16))
  return UNRESERVED.test(character) ? character : encoded
}
