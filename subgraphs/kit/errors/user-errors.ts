import { z } from 'zod'

/** A member of the schema's `UserError` interface: an expected failure, as a value. */
export type UserError = {
  readonly __typename: string
  readonly message: string
  readonly path: string[] | null
}

export type ValidationError = UserError & { readonly __typename: 'ValidationError' }
export type VersionConflictError = UserError & {
  readonly __typename: 'VersionConflictError'
  readonly currentVersion: number
}
export type IdempotencyKeyReusedError = UserError & { readonly __typename: 'IdempotencyKeyReusedError' }

/**
 * `message` echoes the bad value and lists what is allowed; `path` names the input field, outermost first.
 */
export function validationError(message: string, path: string[] | null = null): ValidationError {
  return { __typename: 'ValidationError', message, path }
}

/** An error for a well-formed id of a row that does not exist or that the caller may not see. */
export function notFound(what: string, id: string, path: string[]): ValidationError {
  return validationError(`there is no ${what} ${echo(id)}`, path)
}

export function versionConflict(expected: number, current: number): VersionConflictError {
  const message = `expectedVersion is ${expected}, but the current version is ${current}: read it again, then repeat the change`
  return { __typename: 'VersionConflictError', message, path: ['expectedVersion'], currentVersion: current }
}

export function idempotencyKeyReused(key: string): IdempotencyKeyReusedError {
  const message = `idempotencyKey ${echo(key)} was used with another input: allowed is a new key, or the same input`
  return { __typename: 'IdempotencyKeyReusedError', message, path: ['idempotencyKey'] }
}

/** A bad value for a message: JSON, with a maximum length, and with invisible characters escaped. */
export function echo(value: unknown): string {
  if (value === undefined) return 'missing'
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value)
  if (text.length <= 80) return escaped(text)
  const length = typeof value === 'string' ? value.length : text.length
  return `${escaped(text.slice(0, 80).toWellFormed())}… (${length} characters)`
}

/**
 * Characters that JSON does not escape although they are invisible or change the direction of the message.
 */
const HIDDEN = /[\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu

function escaped(text: string): string {
  return text.replace(HIDDEN, (hidden) => `\\u{${hidden.codePointAt(0)?.toString(16)}}`)
}

type Issue = z.core.$ZodIssue

function sizeOf(size: number | bigint, origin: string): string {
  if (origin !== 'string') return String(size)
  return Number(size) === 1 ? '1 character' : `${size} characters`
}

function allowed(issue: Issue): string {
  switch (issue.code) {
    case 'too_small':
      return `at least ${sizeOf(issue.minimum, issue.origin)}`
    case 'too_big':
      return `at most ${sizeOf(issue.maximum, issue.origin)}`
    case 'invalid_value':
      return issue.values.map(String).join(', ')
    case 'invalid_type':
      return `a value of type ${issue.expected}`
    default:
      return issue.message
  }
}

/**
 * Validates an input against a zod schema. Each issue becomes a ValidationError with the field, the value and
 * what is allowed; a schema's own `error` text follows the words "allowed is".
 */
export function validate<S extends z.ZodType>(
  schema: S,
  input: unknown,
): { ok: true; value: z.output<S> } | { ok: false; errors: ValidationError[] } {
  const result = schema.safeParse(input, { reportInput: true })
  if (result.success) return { ok: true, value: result.data }
  const errors = result.error.issues.map((issue) => {
    const path = issue.path.map(String)
    return validationError(
      `${path.join('.') || 'input'} is ${echo(issue.input)}: allowed is ${allowed(issue)}`,
      path,
    )
  })
  return { ok: false, errors }
}

/**
 * The idempotency key schema: any text of 1 to 200 characters that the caller chooses for one intended
 * change.
 */
export const idempotencyKeySchema = z
  .string()
  .trim()
  .min(1)
  .max(200)
  // PostgreSQL cannot store NUL.
  .refine((key) => key.isWellFormed() && !/\p{Cc}/u.test(key), { error: 'text without control characters' })

/**
 * Minimum length of a guest's key, in characters. All guests share one principal, so a short key such as `1`
 * or `test` could collide with another guest's; a UUID has 36 characters.
 */
export const MIN_GUEST_KEY_LENGTH = 16

/** The key schema of mutations for guests only. */
export const guestKeySchema = idempotencyKeySchema.pipe(z.string().min(MIN_GUEST_KEY_LENGTH))

/** The schema of a row version, as in `expectedVersion`. */
export const versionSchema = z.int().min(1)
