import { randomUUIDv7 } from 'node:crypto'
import { z } from 'zod'

const UUID_V7 = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
const ID = new RegExp(`^[a-z]{3}_${UUID_V7}$`)

/** A new id: `<prefix>_<UUIDv7>` (RFC 9562, section 5.7), opaque to clients and sorted by the millisecond of its making. */
export function newId(prefix: string): string {
  return `${prefix}_${randomUUIDv7()}`
}

/** Whether `value` has the form of an id of this prefix; it says nothing of whether the row exists. */
export function isId(prefix: string, value: string): boolean {
  return value.startsWith(`${prefix}_`) && ID.test(value)
}

/**
 * When an id was made, in milliseconds since the epoch, as its UUIDv7 tells.
 * @throws RangeError when the value is not an id.
 */
export function mintedAt(id: string): number {
  if (!ID.test(id)) throw new RangeError(`not an id: ${id}`)
  return Number.parseInt(id.slice(4, 12) + id.slice(13, 17), 16)
}

/** The zod schema of an id argument, e.g. `idSchema('prd')`. */
export function idSchema(prefix: string) {
  return z.string().refine((value) => isId(prefix, value), { error: `an id that starts with ${prefix}_` })
}
