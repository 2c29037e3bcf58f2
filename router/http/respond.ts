import type { ServerResponse } from 'node:http'

/** A refusal before GraphQL begins; shaped as a GraphQL answer all the same. */
export type Refused = { readonly status: number; readonly code: string; readonly message: string }

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  sendText(response, status, 'application/json; charset=utf-8', `${JSON.stringify(body)}\n`)
}

export function sendRefusal(response: ServerResponse, { status, code, message }: Refused): void {
  sendJson(response, status, { errors: [{ message, extensions: { code } }] })
}

export function sendText(response: ServerResponse, status: number, type: string, text: string): void {
  if (response.headersSent || response.destroyed) return
  response.statusCode = status
  response.setHeader('content-type', type)
  response.setHeader('content-length', Buffer.byteLength(text))
  response.end(text)
}
