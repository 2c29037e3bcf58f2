import { z } from 'zod'
import { emailSchema } from '../account/email.ts'
import { LINK_TOKEN } from './link-token.ts'

/** A token is echoed in no message: it may be the token of a link with one wrong character. */
const token = z.string()

/** Passwords are validated separately: a message about one must not repeat it. */
export const requestPasswordResetInput = z.object({ email: emailSchema })
export const resetPasswordInput = z.object({ token, password: z.string() })
export const changePasswordInput = z.object({ currentPassword: z.string(), password: z.string() })
export const requestEmailChangeInput = z.object({ email: emailSchema, currentPassword: z.string() })
/** The input of all mutations that take nothing but a token. */
export const tokenInput = z.object({ token })

export function isLinkToken(value: string): boolean {
  return LINK_TOKEN.test(value)
}
