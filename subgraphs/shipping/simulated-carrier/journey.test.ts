import { describe, expect, test } from 'vitest'
import type { Behaviour } from './behaviour.ts'
import { type JourneyStop, journey, type Trip } from './journey.ts'

const HOUR_MS = 3_600_000
const of = (but: Partial<Trip> = {}): JourneyStop[] =>
  journey({
    ...{ key: 'shp_1.1', service: 'Standard', warehouseCode: 'RTM-1', city: 'Paris', behaviour: 'ordinary' },
    ...but,
  })
const shown = (stops: readonly JourneyStop[]) => stops.map(({ afterMs: _, ...stop }) => Object.values(stop))

const BEGUN = [
  ['LABEL_CREATED', null, 'Label made; waiting for the parcel'],
  ['IN_TRANSIT', 'Rotterdam', 'Taken over from the sender'],
  ['IN_TRANSIT', 'Rotterdam', 'Left the sorting centre'],
]
const NEAR = ['IN_TRANSIT', 'Paris', 'Arrived at the sorting centre']

test.each<[Behaviour, unknown[][]]>([
  [
    'ordinary',
    [...BEGUN, NEAR, ['IN_TRANSIT', 'Paris', 'Out for delivery'], ['DELIVERED', 'Paris', 'Delivered']],
  ],
  ['lost', [...BEGUN, ['FAILED', null, 'Lost on the way']]],
  [
    'returned',
    [
      ...BEGUN,
      NEAR,
      ['IN_TRANSIT', 'Paris', 'Nobody was there; going back to the sender'],
      ['RETURNED', 'Rotterdam', 'Handed back to the sender'],
    ],
  ],
])('the journey of a parcel that is %s has these stops', (behaviour, stops) => {
  expect(shown(of({ behaviour }))).toEqual(stops)
})

test.each([
  ['CMH-2', 'Columbus'],
  ['OSA', 'Osaka'],
  ['WH-1', 'WH-1'],
])('a parcel from the warehouse %s begins in %s', (warehouseCode, city) => {
  expect(of({ warehouseCode })[1]?.location).toBe(city)
})

test('equal keys give equal journeys, and others do not', () => {
  expect(of()).toEqual(of())
  expect(of({ key: 'shp_1.2' })).not.toEqual(of())
})

describe('over many parcels', () => {
  const keys = Array.from({ length: 300 }, (_, index) => `shp_${index}.1`)
  const hoursOf = (but: Partial<Trip>) =>
    keys.map((key) => (of({ key, ...but }).at(-1)?.afterMs ?? 0) / HOUR_MS)

  test.each<[string, Behaviour, number]>([
    ['Next Day', 'ordinary', 8],
    ['PRIORITY', 'ordinary', 8],
    ['Express', 'ordinary', 8],
    ['Standard', 'ordinary', 24],
    ['Economy', 'ordinary', 40],
    ['Super Saver', 'ordinary', 40],
    ['Standard', 'returned', 31.2],
    ['Standard', 'lost', 19.2],
  ])(
    'the service %s of one that is %s takes about %d hours, and a fifth more or less',
    (service, behaviour, about) => {
      const hours = hoursOf({ service, behaviour })
      const mean = hours.reduce((sum, some) => sum + some, 0) / hours.length
      expect(mean / about).toBeCloseTo(1, 1)
      // A loss has its own tenth of jitter.
      const tenth = behaviour === 'lost' ? 0.1 : 0
      expect(Math.min(...hours) / about).toBeGreaterThanOrEqual(0.8 * (1 - tenth))
      expect(Math.max(...hours) / about).toBeLessThanOrEqual(1.2 * (1 + tenth))
    },
  )

  test.each<Behaviour>(['ordinary', 'lost', 'returned'])(
    'the stops of one that is %s are in the order of time',
    (behaviour) => {
      for (const key of keys) {
        const instants = of({ key, behaviour }).map(({ afterMs }) => afterMs)
        expect(instants[0]).toBe(0)
        expect(instants).toEqual(instants.toSorted((a, b) => a - b))
      }
    },
  )
})
