import { z } from 'zod'

/** A number in the form of E.164 (ITU-T): a plus, and 8 to 15 digits of which the first is not 0. */
const E164 = /^\+[1-9]\d{7,14}$/
/** Characters of an input that are looked at. */
const MAX_INPUT_LENGTH = 40

const digitsOf = (text: string) => text.replaceAll(/[ ().\-/]/g, '')

/** The input of `requestPhoneVerification`, for numbers with these prefixes. Signs that people write between digits are dropped. */
export function requestPhoneVerificationInput(prefixes: readonly string[]) {
  const number = z
    .string()
    .max(MAX_INPUT_LENGTH, { abort: true })
    .refine((text) => E164.test(digitsOf(text)), {
      error: 'a number with its country code, such as +4915112345678',
      abort: true,
    })
    .refine((text) => prefixes.some((prefix) => digitsOf(text).startsWith(prefix)), {
      error: `a number that starts with ${prefixes.join(', ')}`,
    })
    .transform(digitsOf)
  return z.object({ number })
}

export const verifyPhoneInput = z.object({
  code: z
    .string()
    .max(MAX_INPUT_LENGTH, { abort: true })
    .refine((text) => /^\d{6}$/.test(text.replaceAll(' ', '')), { error: 'six digits' })
    .transform((text) => text.replaceAll(' ', '')),
})
