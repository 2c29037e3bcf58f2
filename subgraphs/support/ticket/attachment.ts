import { lineOfText } from '@argyle/kit/text'
import { z } from 'zod'

/** A file that is stored elsewhere. */
export type Attachment = { readonly name: string; readonly url: string }

/** Files of a message. */
const MAX_ATTACHMENTS = 5
/** Characters of the URL of a file. */
const MAX_URL_LENGTH = 2_000
const ALLOWED = `an https URL of at most ${MAX_URL_LENGTH} characters, without spaces, user name and password`

/** Printable ASCII: the URL parser encodes all other characters. */
const PRINTABLE = /^[\x21-\x7e]+$/

function isAllowed(value: string): boolean {
  if (value.length > MAX_URL_LENGTH || !PRINTABLE.test(value) || !URL.canParse(value)) return false
  const { protocol, username, password } = new URL(value)
  return protocol === 'https:' && username === '' && password === ''
}

export const attachmentsSchema = z
  .array(z.object({ name: lineOfText(120), url: z.string().refine(isAllowed, { error: ALLOWED }) }))
  .refine(({ length }) => length <= MAX_ATTACHMENTS, { error: `at most ${MAX_ATTACHMENTS} files` })
