import { badUserInput } from '../errors/errors.ts'
import { echo } from '../errors/user-errors.ts'

/** The header by which a caller says how long it waits for the answer, in milliseconds from sending the request. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms'

const FORM = /^[1-9]\d{0,8}$/
/** The part of the caller's time, and the most milliseconds, that are kept for the answer to reach it. */
const MARGIN = 0.05
const LARGEST_MARGIN_MS = 250

/**
 * The time that an operation may take, in milliseconds: the caller's less a margin for the way back, at most `mostMs`.
 * @param header as HTTP has it; undefined where the caller sets no time.
 * @throws GraphQLError BAD_USER_INPUT for anything but a whole number from 1 to 999999999.
 */
export function operationTime(header: string | readonly string[] | undefined, mostMs: number): number {
  if (header === undefined) return mostMs
  if (typeof header !== 'string' || !FORM.test(header)) {
    throw badUserInput(`${TIMEOUT_HEADER} is ${echo(header)}: allowed is a whole number from 1 to 999999999`)
  }
  const ms = Number(header)
  return Math.min(Math.ceil(ms - Math.min(ms * MARGIN, LARGEST_MARGIN_MS)), mostMs)
}
