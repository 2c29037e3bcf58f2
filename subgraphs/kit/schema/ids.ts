import { randomUUIDv7 } from 'node:crypto'
import { z } from 'zod'
import { badUserInput } from '../errors/errors.ts'
import { echo } from '../errors/user-errors.ts'

const UUID_V7 = '[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
const ID = new RegExp(`^[a-z]{3}_${UUID_V7}$`)

const COUNTER_END = 0x1000

/**
 * UUIDv7s that sort after all earlier ones; Node's have no order within a millisecond. The 12 bits after the time are a
 * counter with a random start (RFC 9562, section 6.2, method 1); 62 bits are random.
 * @param uuidOf makes a UUIDv7 of the present
 */
export function orderedUuids(uuidOf: () => string): () => string {
  /** Time of the last UUID, and the 12 bits that follow it. */
  let lastMs = 0
  let counter = 0
  return () => {
    const uuid = uuidOf()
    const ms = Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16)
    if (ms > lastMs) {
      lastMs = ms
      // Start in the lower half, so that there is room to count.
      counter = Number.parseInt(uuid.slice(15, 18), 16) >> 1
    } else {
      // Also when the clock has gone back. A counter that overflows advances the time.
      counter += 1
      if (counter === COUNTER_END) {
        lastMs += 1
        counter = 0
      }
    }
    const time = lastMs.toString(16).padStart(12, '0')
    return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}${uuid.slice(18)}`
  }
}

const nextUuid = orderedUuids(randomUUIDv7)

/**
 * A new id: `<prefix>_<UUIDv7>` (RFC 9562, section 5.7), opaque to clients. Ids sort by creation time:
 * exactly within a process, to the millisecond between processes.
 */
export function newId(prefix: string): string {
  return `${prefix}_${nextUuid()}`
}

/** Whether `value` has the form of an id with this prefix; the row need not exist. */
export function isId(prefix: string, value: string): boolean {
  return value.startsWith(`${prefix}_`) && ID.test(value)
}

/**
 * The creation time of an id from its UUIDv7, in milliseconds since the epoch.
 * @throws RangeError if the value is not an id.
 */
export function mintedAt(id: string): number {
  if (!ID.test(id)) throw new RangeError(`not an id: ${id}`)
  return Number.parseInt(id.slice(4, 12) + id.slice(13, 17), 16)
}

/** The text after "allowed is" in a message about `value`: prefix and form, whichever is wrong. */
export function allowedId(prefix: string, value: unknown): string {
  const allowed = `an id that starts with ${prefix}_`
  if (typeof value !== 'string') return allowed
  if (value.startsWith(`${prefix}_`))
    return `${allowed} and goes on with a UUIDv7 in lower case, such as ${EXAMPLE}`
  const [other] = /^[a-z]{3}_/.exec(value) ?? []
  return other === undefined ? allowed : `${allowed}; ${other} starts the id of something else`
}

const EXAMPLE = '019a3f5e-8f00-7c3b-9b1e-5d6c7a8b9c0d'

/**
 * Validates an id argument of a field.
 * @throws GraphQLError BAD_USER_INPUT with the bad value, if it is not an id of this prefix.
 */
export function readId(argument: string, prefix: string, value: string): string {
  if (isId(prefix, value)) return value
  throw badUserInput(`${argument} is ${echo(value)}: allowed is ${allowedId(prefix, value)}`)
}

/** The zod schema of an id field, e.g. `idSchema('prd')`. */
export function idSchema(prefix: string) {
  return z.string().refine((value) => isId(prefix, value), { error: ({ input }) => allowedId(prefix, input) })
}
