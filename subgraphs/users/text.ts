import { z } from 'zod'

/** Controls (among them NUL, which PostgreSQL cannot hold), and the signs that turn the direction of what follows. */
const UNPRINTABLE = /[\p{Cc}\u2028-\u202e\u2066-\u2069\ufeff]/u
/** Spaces and joiners alone would show as nothing. */
const VISIBLE = /[\p{L}\p{N}\p{P}\p{S}]/u

/** Whether PostgreSQL can hold the text and a page can show it on one line. */
export function isPrintable(value: string): boolean {
  return value.isWellFormed() && !UNPRINTABLE.test(value)
}

// Each check ends the checking: one fault of a field is told, not all that follow from it.

/** One line of text that people read, trimmed and in Unicode's composed form (NFC), 1 to `max` UTF-16 units. */
export function lineOfText(max: number) {
  return z
    .string()
    .trim()
    .normalize('NFC')
    .min(1, { abort: true })
    .max(max, { abort: true })
    .refine((value) => isPrintable(value) && VISIBLE.test(value), { error: 'one line of printable text' })
}

/** As `lineOfText`, but where nothing is written the value is null. */
export function maybeLineOfText(max: number) {
  return z
    .string()
    .trim()
    .normalize('NFC')
    .max(max, { abort: true })
    .refine((value) => value === '' || (isPrintable(value) && VISIBLE.test(value)), {
      error: 'one line of printable text',
    })
    .transform((value) => (value === '' ? null : value))
}
