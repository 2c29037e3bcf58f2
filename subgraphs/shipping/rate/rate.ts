import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { Money } from '@argyle/kit/money'
import { type ValidationError, type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'

export type Speed = 'ECONOMY' | 'STANDARD' | 'EXPRESS'

export type Area = { readonly countryCode: string; readonly postalCodePrefix: string }

/** A group of destinations with equal prices. */
export type Zone = {
  readonly id: string
  readonly name: string
  readonly version: number
  readonly areas: readonly Area[]
}

/** A service of a carrier. */
export type Method = {
  readonly id: string
  readonly carrier: string
  readonly service: string
  readonly speed: Speed
  readonly active: boolean
  readonly version: number
}

/** The price of one method for one zone, in one currency, up to one weight. */
export type Rate = {
  readonly id: string
  readonly zoneId: string
  readonly methodId: string
  readonly upToGrams: number
  readonly price: Money
  readonly estimatedDays: number
  readonly active: boolean
  readonly version: number
}

type Versioned = { readonly version: number }

/** The fields of a change are optional. Missing ones keep their value. */
export type Change<Row> = { readonly [Field in keyof Row]?: Row[Field] | null | undefined }

/**
 * Applies a change to a row and increments its version. Fields that are undefined or null keep their value.
 */
export function changed<Row extends Versioned>(
  row: Row,
  expectedVersion: number,
  change: Change<Row>,
): Decision<Row, VersionConflictError | ValidationError> {
  if (row.version !== expectedVersion) return refuse(versionConflict(expectedVersion, row.version))
  const fields = Object.entries(change).filter(([, value]) => value !== null && value !== undefined)
  // The entries are the non-null fields of a change of this type.
  return accept({ ...row, ...(Object.fromEntries(fields) as Partial<Row>), version: row.version + 1 })
}

/** An area in the form used by messages. */
export function areaText({ countryCode, postalCodePrefix }: Area): string {
  return postalCodePrefix === '' ? countryCode : `${countryCode} ${postalCodePrefix}…`
}

/** The first area that occurs twice in a list; undefined if there is none. */
export function areaNamedTwice(areas: readonly Area[]): Area | undefined {
  const seen = new Set<string>()
  return areas.find((area) => {
    const text = areaText(area)
    if (seen.has(text)) return true
    seen.add(text)
    return false
  })
}
