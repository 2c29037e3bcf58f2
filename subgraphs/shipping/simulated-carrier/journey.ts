import { createHash } from 'node:crypto'
import type { Behaviour } from './behaviour.ts'

type ScanStatus = 'LABEL_CREATED' | 'IN_TRANSIT' | 'DELIVERED' | 'FAILED' | 'RETURNED'

/** A tracking event that occurs `afterMs` milliseconds after the creation of the label. */
export type JourneyStop = {
  readonly afterMs: number
  readonly status: ScanStatus
  readonly location: string | null
  readonly description: string
}

export type Trip = {
  /** The caller's idempotency key. Equal keys give equal journeys. */
  readonly key: string
  readonly service: string
  readonly warehouseCode: string
  readonly city: string
  readonly behaviour: Behaviour
}

const HOUR_MS = 3_600_000

/** Transit time of a service in hours, by a word in its name. */
function hoursOf(service: string): number {
  if (/express|priority|next day/i.test(service)) return 8
  return /economy|saver/i.test(service) ? 40 : 24
}

const CITIES = new Map([
  ['CMH', 'Columbus'],
  ['RTM', 'Rotterdam'],
  ['OSA', 'Osaka'],
])

/** The city of a warehouse, or its code if the city is unknown. */
function cityOf(warehouseCode: string): string {
  return CITIES.get(warehouseCode.split('-')[0] ?? '') ?? warehouseCode
}

/** Pseudo-random numbers from 0 to 1, derived from a key. */
export function fractionsOf(key: string): number[] {
  const digest = createHash('sha256').update(key).digest()
  return Array.from({ length: 8 }, (_, index) => digest.readUInt32BE(index * 4) / 2 ** 32)
}

/** All tracking events of a parcel in the order of time, from the label to its delivery, loss or return. */
export function journey({ key, service, warehouseCode, city, behaviour }: Trip): JourneyStop[] {
  const [pace = 0, ...jitter] = fractionsOf(key)
  const whole = hoursOf(service) * HOUR_MS * (0.8 + 0.4 * pace)
  const from = cityOf(warehouseCode)
  const at = (share: number, index: number) => Math.round(whole * share * (0.9 + 0.2 * (jitter[index] ?? 0)))
  const stop = (
    afterMs: number,
    status: ScanStatus,
    location: string | null,
    description: string,
  ): JourneyStop => {
    return { afterMs, status, location, description }
  }
  const begun = [
    stop(0, 'LABEL_CREATED', null, 'Label made; waiting for the parcel'),
    stop(at(0.06, 0), 'IN_TRANSIT', from, 'Taken over from the sender'),
    stop(at(0.3, 1), 'IN_TRANSIT', from, 'Left the sorting centre'),
  ]
  if (behaviour === 'lost') return [...begun, stop(at(0.8, 2), 'FAILED', null, 'Lost on the way')]
  const near = [...begun, stop(at(0.6, 2), 'IN_TRANSIT', city, 'Arrived at the sorting centre')]
  if (behaviour === 'returned')
    return [
      ...near,
      stop(at(0.85, 3), 'IN_TRANSIT', city, 'Nobody was there; going back to the sender'),
      stop(Math.round(whole * 1.3), 'RETURNED', from, 'Handed back to the sender'),
    ]
  return [
    ...near,
    stop(at(0.8, 3), 'IN_TRANSIT', city, 'Out for delivery'),
    stop(Math.round(whole), 'DELIVERED', city, 'Delivered'),
  ]
}
