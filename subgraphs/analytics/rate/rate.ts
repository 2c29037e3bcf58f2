import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { Currency } from '@argyle/kit/money'
import {
  echo,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'

/** Units of a currency for one US dollar, from an instant on. */
export type Rate = {
  readonly id: string
  readonly currency: Currency
  readonly validFrom: Date
  /** A decimal with at most 6 decimals. */
  readonly unitsPerUsd: string
  readonly version: number
}

/** Maximum number of rates, which is a rate a day of two currencies for almost 14 years. */
export const MAX_RATES = 10_000

/** Greatest rate, in millionths. */
const MAX_UNITS = 1_000_000n * 10n ** 6n

/** Reads a positive decimal of at most 6 decimals, up to 1000000, as its shortest form. */
export function readUnits(text: string): Decision<string, ValidationError> {
  const [, whole = '', fraction = ''] = /^(\d{1,7})(?:\.(\d+))?$/.exec(text) ?? []
  const digits = fraction.replace(/0+$/, '')
  const scaled = BigInt(whole + digits.padEnd(6, '0') || '0')
  if (whole !== '' && digits.length <= 6 && scaled > 0n && scaled <= MAX_UNITS) {
    return accept(digits === '' ? String(BigInt(whole)) : `${BigInt(whole)}.${digits}`)
  }
  const allowed = 'allowed is a number above 0 and up to 1000000 with at most 6 decimals, such as 0.92'
  return refuse(validationError(`unitsPerUsd is ${echo(text)}: ${allowed}`, ['unitsPerUsd']))
}

/** A change of a rate that exists, or a new one. */
export type RateChange = Omit<Rate, 'id' | 'version'> & { readonly expectedVersion: number | null }

function conflict(expected: number | null, current: number): VersionConflictError {
  const { message, ...rest } = versionConflict(expected ?? 0, current)
  return { ...rest, message: expected === null ? message.replace(' is 0', ' is missing') : message }
}

/** Sets a rate at the version that the caller read; `before` is null for a new one. */
export function setRate(
  before: Rate | null,
  { expectedVersion, ...content }: RateChange,
  { newId, count }: { readonly newId: () => string; readonly count: number },
): Decision<Rate, ValidationError | VersionConflictError> {
  if (before && before.version !== expectedVersion) return refuse(conflict(expectedVersion, before.version))
  if (!before && expectedVersion !== null) {
    const message = `expectedVersion is ${expectedVersion}, but there is no rate of this instant yet: omit it`
    return refuse(validationError(message, ['expectedVersion']))
  }
  if (!before && count >= MAX_RATES) {
    const message = `there are ${count} exchange rates: allowed are ${MAX_RATES}, so replace one of them`
    return refuse(validationError(message, ['validFrom']))
  }
  return accept({ ...content, id: before?.id ?? newId(), version: (before?.version ?? 0) + 1 })
}
