import type { IncomingMessage } from 'node:http'
import { badRequest } from './refusal.ts'

/** No page of another site can send these without the browser asking first. */
const PREFLIGHTED = ['apollo-require-preflight', 'x-apollo-operation-name', 'graphql-require-preflight']
/** What a form, or a script without asking first, can send (Fetch Standard, section 2.2.2). */
const SIMPLE = /^(?:text\/plain|application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i

/** @throws Refusal of a request that a page of another site might have sent with the cookies of its visitor. */
export function refuseCrossSite({ headers }: IncomingMessage): void {
  const type = headers['content-type']
  if (type !== undefined && /^[^;,]+\/[^;,]+/.test(type) && !SIMPLE.test(type.trim())) return
  if (PREFLIGHTED.some((name) => headers[name])) return
  throw badRequest(
    `This might be a Cross-Site Request Forgery (CSRF): send content-type application/json, or one of the headers ${PREFLIGHTED.join(', ')}.`,
  )
}
