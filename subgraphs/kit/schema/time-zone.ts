import { z } from 'zod'

/** A name of the IANA time zone database that this Node knows, of at most 64 characters. */
export const timeZoneSchema = z
  .string()
  .max(64)
  .refine(isTimeZone, { error: 'a time zone such as Europe/Berlin' })

function isTimeZone(name: string): boolean {
  try {
    // Node takes offsets such as +01:00 too, whose sign PostgreSQL reads the other way.
    return /^[A-Za-z]/.test(name) && Boolean(new Intl.DateTimeFormat('en', { timeZone: name }))
  } catch {
    return false
  }
}
