import { z } from 'zod'
import { emailSchema } from '../account/email.ts'
import { LINK_TOKEN } from './link-token.ts'

/** No error message repeats a token, which may be that of a link with one wrong character. */
const token = z.string()

/** Passwords are validated separately: a message about one must not repeat it. */
export const requestPasswordResetInput = z.object({ email: emailSchema })
export const resetPasswordInput = z.object({ token, password: z.string() })
export const changePasswordInput = z.object({ currentPassword: z.string(), password: z.string() })
export const requestEmailChangeInput = z.object({ email: emailSchema, currentPassword: z.string() })
/** The input of all mutations whose only field is a token. */
export const tokenInput = z.object({ token })

export function isLinkToken(value: string): boolean {
  return LINK_TOKEN.test(value)
}
