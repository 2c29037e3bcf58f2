import { accept, type Decision, refuse } from '@argyle/kit/decision'
import type { Money } from '@argyle/kit/money'
import { type ValidationError, type VersionConflictError, versionConflict } from '@argyle/kit/user-errors'

export type Speed = 'ECONOMY' | 'STANDARD' | 'EXPRESS'

export type Area = { readonly countryCode: string; readonly postalCodePrefix: string }

/** Destinations that cost the same to send to. */
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

/** What one method costs to one zone, in one currency, up to one weight. */
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

/** What may be left out of a change, because it stays. */
export type Change<Row> = { readonly [Field in keyof Row]?: Row[Field] | null | undefined }

/** A row with the fields of a change in it, one version on. Fields that are left out or null stay as they are. */
export function changed<Row extends Versioned>(
  row: Row,
  expectedVersion: number,
  change: Change<Row>,
): Decision<Row, VersionConflictError | ValidationError> {
  if (row.version !== expectedVersion) return refuse(versionConflict(expectedVersion, row.version))
  const fields = Object.entries(change).filter(([, value]) => value !== null && value !== undefined)
  // The entries are those of a change of this very row, without the nulls.
  return accept({ ...row, ...(Object.fromEntries(fields) as Partial<Row>), version: row.version + 1 })
}

/** An area as messages write it. */
export function areaText({ countryCode, postalCodePrefix }: Area): string {
  return postalCodePrefix === '' ? countryCode : `${countryCode} ${postalCodePrefix}…`
}

/** The first area that a list names twice; undefined when there is none. */
export function areaNamedTwice(areas: readonly Area[]): Area | undefined {
  const seen = new Set<string>()
  return areas.find((area) => {
    const text = areaText(area)
    if (seen.has(text)) return true
    seen.add(text)
    return false
  })
}
