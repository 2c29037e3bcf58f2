import type { NewEvent } from '@argyle/kit/envelope'
import type { Rate } from './rate/rate.ts'

/** The complete state of an exchange rate. Its version is the sequence. */
export function exchangeRateChanged({ id, currency, validFrom, unitsPerUsd, version }: Rate): NewEvent {
  const data = { exchangeRateId: id, currency, validFrom: validFrom.toISOString(), unitsPerUsd }
  return { type: 'analytics.exchange_rate.changed', subject: id, sequence: version, data }
}
