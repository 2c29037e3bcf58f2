import type { IncomingMessage } from 'node:http'
import { z } from 'zod'

/** Maximum size of a request in bytes. */
const MAX_BODY = 10_000

/** The JSON of a text message. */
const textMessage = z.object({
  id: z.string().regex(/^[\w-]{1,100}$/),
  to: z.string().regex(/^\+[1-9]\d{4,14}$/),
  text: z.string().min(1).max(2_000),
})

/** The number that the sink refuses, so that the failure can be tried. */
const REFUSED = '+15005550001'

/** Host of the addresses that stand for numbers (RFC 2606). */
const HOST = 'sms.invalid'

async function bodyOf(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request) {
    size += chunk.length
    // The rest is read and dropped, so that the client gets the answer.
    if (size <= MAX_BODY) chunks.push(chunk)
  }
  return size <= MAX_BODY ? Buffer.concat(chunks).toString() : null
}

/** The text message of a request, as an e-mail (RFC 5322), which the mailbox keeps and shows; or the reason why it is refused. */
export async function readTextMessage(
  request: IncomingMessage,
): Promise<{ readonly message: Buffer } | { readonly status: number; readonly error: string }> {
  // A page of another site may send JSON only if this server permits it by CORS, which it does not.
  if (request.headers['content-type'] !== 'application/json')
    return { status: 415, error: 'content-type is not application/json' }
  const body = await bodyOf(request)
  if (body === null) return { status: 413, error: `a text message is at most ${MAX_BODY} bytes of JSON` }
  const parsed = z
    .string()
    .transform((text, context): unknown => {
      try {
        return JSON.parse(text)
      } catch {
        context.addIssue('JSON')
        return z.NEVER
      }
    })
    .pipe(textMessage)
    .safeParse(body)
  if (!parsed.success)
    return { status: 400, error: `the text message is not complete: ${z.prettifyError(parsed.error)}` }
  const { id, to, text } = parsed.data
  if (to === REFUSED) return { status: 400, error: `${to} is refused` }
  const lines = [
    `From: Argyle <shop@${HOST}>`,
    `To: <${to}@${HOST}>`,
    `Subject: Text message to ${to}`,
    `Message-ID: <${id}@${HOST}>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
    'Content-Transfer-Encoding: base64',
    '',
    ...(Buffer.from(text)
      .toString('base64')
      .match(/.{1,76}/g) ?? []),
    '',
  ]
  return { message: Buffer.from(lines.join('\r\n')) }
}
