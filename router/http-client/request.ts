import { FetchFailure } from './fetch-failure.ts'

const NAME = /^[!#$%&'*+.^_`|~\w-]+$/
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/

/** The first lines of every request to `url`; header lines follow. */
export function requestStart(
  method: 'GET' | 'POST',
  { pathname, search, host }: URL,
  headers: Readonly<Record<string, string>>,
): string {
  const lines = Object.entries(headers).map(([name, value]) => headerLine(name, value))
  return `${method} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nconnection: keep-alive\r\n${lines.join('')}`
}

/** @throws FetchFailure if the name or value could end the line, or is not Latin-1. */
export function headerLine(name: string, value: string): string {
  if (!NAME.test(name) || !VALUE.test(value))
    throw new FetchFailure('invalid', `the header ${JSON.stringify(name)} cannot be sent`)
  return `${name}: ${value}\r\n`
}

/**
 * A complete request, ready to be written.
 * @param head begun by `requestStart`.
 * @returns text that is Latin-1, or bytes.
 */
export function requestOf(head: string, body: string | null): string | Buffer {
  if (body === null) return `${head}\r\n`
  const size = Buffer.byteLength(body)
  const whole = `${head}content-length: ${size}\r\n\r\n`
  // The body is ASCII, since it has as many bytes as characters.
  if (size === body.length) return whole + body
  const bytes = Buffer.allocUnsafe(whole.length + size)
  bytes.write(whole, 0, 'latin1')
  bytes.write(body, whole.length)
  return bytes
}
