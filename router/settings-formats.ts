// Tested in settings.test.ts: the test has settings of each format.

import { z } from 'zod'
import { quoted } from './quoted.ts'

type Units = ReadonlyMap<string, number>

const MILLISECONDS: Units = new Map(Object.entries({ ms: 1, s: 1_000, m: 60_000 }))
const BYTES: Units = new Map(Object.entries({ B: 1, KB: 1_024, MB: 1_024 ** 2 }))

/** A number with a unit, such as `500ms` or `2MB`, as a number of the smallest unit. */
function quantity(units: Units, example: string) {
  const pattern = new RegExp(`^([1-9]\\d{0,5})(${[...units.keys()].join('|')})$`)
  return z
    .string({ error: ({ input }) => `${quoted(input)} is not of the form ${example}` })
    .regex(pattern, { error: ({ input }) => `${quoted(input)} is not of the form ${example}` })
    .transform((text) => {
      const [, count, unit = ''] = pattern.exec(text) ?? []
      return Number(count) * (units.get(unit) ?? 1)
    })
}

/** A whole number within bounds. */
export function count(min: number, max: number) {
  const error = ({ input }: { input?: unknown }) =>
    `${quoted(input)} is not a whole number from ${min} to ${max}`
  return z.int({ error }).min(min, { error }).max(max, { error })
}

export const duration = quantity(MILLISECONDS, '500ms, 5s or 1m')
export const bytes = quantity(BYTES, '512B, 64KB or 1MB')
const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~\w-]+$/, { error: ({ input }) => `${quoted(input)} is not a header name` })
  .transform((name) => name.toLowerCase())
/** Name of a cookie (RFC 6265, section 4.1.1). */
export const cookieName = z.string().regex(/^[!#$%&'*+.^_`|~\w-]+$/, {
  error: ({ input }) => `${quoted(input)} is not a cookie name`,
})
export const subgraphNames = z.array(z.string().min(1)).min(1)

/** Headers that the router writes itself, or that belong to one connection. No rule may pass them. */
const RESERVED = new Set([
  ...[
    'connection',
    'content-encoding',
    'content-length',
    'content-type',
    'cookie',
    'expect',
    'host',
    'keep-alive',
  ],
  ...['proxy-authenticate', 'proxy-authorization', 'te', 'trailer', 'traceparent', 'tracestate'],
  ...['transfer-encoding', 'upgrade', 'x-forwarded-for', 'x-request-id', 'x-request-timeout-ms'],
  ...['accept', 'accept-encoding'],
])
export const passedHeader = headerName.refine((name) => !RESERVED.has(name), {
  error: ({ input }) => `${quoted(input)} cannot be forwarded: the router sets it itself`,
})

/** Path of the GraphQL endpoint. It differs from those of health checks. */
export const endpointPath = z.string().superRefine((path, context) => {
  const message = !/^\/(?:[\w-]+(?:\/[\w-]+)*\/?)?$/.test(path)
    ? `${quoted(path)} is not a path of the form /graphql`
    : /^\/health\/(?:live|ready)$/.test(path)
      ? `${quoted(path)} is a health check's: choose another path`
      : null
  if (message) context.addIssue({ code: 'custom', message })
})

/** "*", or an origin as browsers send it: lower-case scheme and host, no default port, nothing behind (RFC 6454, section 6.2). */
export const origin = z.string().superRefine((text, context) => {
  if (text === '*') return
  const right = originOf(text)
  if (right === text) return
  const remedy = right
    ? `write ${quoted(right)}`
    : 'write it as browsers send it, such as "https://shop.example"'
  context.addIssue({ code: 'custom', message: `${quoted(text)} is not an origin: ${remedy}` })
})

function originOf(text: string): string | null {
  const url = URL.parse(text)
  if (!url?.host) return null
  // The URL Standard gives unknown schemes an opaque origin. Browsers send the scheme and host of an app.
  return url.origin === 'null' ? `${url.protocol}//${url.host}` : url.origin
}
