import { badUserInput } from '../errors/errors.ts'
import { echo } from '../errors/user-errors.ts'

/** The request header with the caller's timeout, in milliseconds from sending the request. */
export const TIMEOUT_HEADER = 'x-request-timeout-ms'

const FORM = /^[1-9]\d{0,8}$/
/** Safety margin for the response to reach the caller, as a share of the timeout. */
const MARGIN = 0.05
/** Greatest safety margin. */
const MAX_MARGIN_MS = 250

/**
 * The time limit of an operation in milliseconds: the caller's timeout minus the margin, at most `mostMs`.
 * @param header the header's value; undefined if the caller sets no timeout.
 * @throws GraphQLError BAD_USER_INPUT for anything but a whole number from 1 to 999999999.
 */
export function operationTime(header: string | readonly string[] | undefined, mostMs: number): number {
  if (header === undefined) return mostMs
  if (typeof header !== 'string' || !FORM.test(header)) {
    throw badUserInput(`${TIMEOUT_HEADER} is ${echo(header)}: allowed is a whole number from 1 to 999999999`)
  }
  const ms = Number(header)
  return Math.min(Math.ceil(ms - Math.min(ms * MARGIN, MAX_MARGIN_MS)), mostMs)
}
