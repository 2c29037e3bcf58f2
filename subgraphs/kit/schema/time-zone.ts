import { z } from 'zod'

/** A name of the IANA time zone database that this Node knows, of at most 64 characters. */
export const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'a time zone such as Europe/Berlin' })

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
