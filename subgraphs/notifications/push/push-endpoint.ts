/** Maximum length of an endpoint. Those of the known push services have 200 to 700 characters. */
export const MAX_ENDPOINT_LENGTH = 1_000

/** Hosts of push services: `host`, or `*.host` for any host below it. */
export type PushHosts = {
  readonly hosts: readonly string[]
  /** Whether `http` to the loopback address is allowed too, for tests and a demonstration. */
  readonly isLoopbackAllowed: boolean
}

/** ASCII without spaces, and without the backslash, which URL parsers read differently. */
const PRINTABLE = /^[!-[\]-~]+$/
const LOOPBACK = new Set(['127.0.0.1', 'localhost'])

function isOfHost(hostname: string, pattern: string): boolean {
  return pattern.startsWith('*.') ? hostname.endsWith(pattern.slice(1)) : hostname === pattern
}

/**
 * Whether messages may be posted to an endpoint. A browser chooses its push service, so the shop posts to an address that a client gives:
 * only to hosts of known services, at the port of HTTPS, and so never into a private network.
 */
export function isAllowedEndpoint(endpoint: string, { hosts, isLoopbackAllowed }: PushHosts): boolean {
  if (endpoint.length > MAX_ENDPOINT_LENGTH || !PRINTABLE.test(endpoint)) return false
  const url = URL.parse(endpoint)
  if (url?.username !== '' || url.password !== '' || url.hash !== '') return false
  if (isLoopbackAllowed && url.protocol === 'http:' && LOOPBACK.has(url.hostname)) return true
  return url.protocol === 'https:' && url.port === '' && hosts.some((host) => isOfHost(url.hostname, host))
}

/** The text after "allowed is" in a message about an endpoint. */
export function allowedEndpoint({ hosts }: PushHosts): string {
  return `an https URL of at most ${MAX_ENDPOINT_LENGTH} characters at ${hosts.join(', ')}, as a browser gives it`
}
