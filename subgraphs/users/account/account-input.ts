import { idSchema } from '@argyle/kit/ids'
import { lineOfText } from '@argyle/kit/text'
import { guestKeySchema, versionSchema } from '@argyle/kit/user-errors'
import { z } from 'zod'
import { emailSchema } from './email.ts'

/** The password is validated separately: a message about it must not repeat it. */
export const signUpSchema = z.object({
  idempotencyKey: guestKeySchema,
  email: emailSchema,
  password: z.string(),
  displayName: lineOfText(80),
})

export const signInSchema = z.object({ email: emailSchema, password: z.string() })

export const deleteAccountSchema = z.object({ currentPassword: z.string() })

export const updateProfileSchema = z.object({
  expectedVersion: versionSchema,
  displayName: lineOfText(80).optional(),
})

const roleSchema = z.enum([
  'CUSTOMER',
  'SUPPORT',
  'WAREHOUSE',
  'MERCHANDISER',
  'ANALYST',
  'MARKETER',
  'ADMIN',
])

export const roleChangeSchema = z.object({
  userId: idSchema('usr'),
  expectedVersion: versionSchema,
  role: roleSchema,
})

/** The role command's input: operators know accounts by e-mail address. */
export const roleGrantSchema = z.object({ email: emailSchema, role: roleSchema })
