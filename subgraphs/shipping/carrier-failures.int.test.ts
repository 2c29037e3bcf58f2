import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { recordedLog } from '@argyle/kit/testing/recorded-log'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  type Carrier,
  CarrierRefused,
  CarrierUnavailable,
  type Scan,
  type Tracking,
} from './carrier/carrier.ts'
import { BATCH, MAX_REFUSALS } from './carrier/carrier-calls.ts'
import { openCourier } from './carrier/courier.ts'
import { shipping } from './subgraph.ts'
import { aCreate, type OpenShipping, openShipping } from './testing/open-shipping.ts'

const { log, lines } = recordedLog()
let shop: OpenShipping
let now = new Date()
beforeAll(async () => {
  shop = await openShipping({ clock: () => now })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['fulfilment (', 'shipment ('])

const HOUR_MS = 3_600_000
const pass = (ms: number) => {
  now = new Date(now.getTime() + ms)
}

/** A carrier that makes labels. */
const simpleCarrier: Carrier = {
  createLabel: async () => {
    const trackingNumber = newId('evt')
    const trackingUrl = `https://tracking.example/${trackingNumber}`
    return { type: 'made', label: { labelId: trackingNumber, trackingNumber, trackingUrl } }
  },
  voidLabel: async () => 'voided',
  track: async () => {
    throw new CarrierUnavailable('no lookup')
  },
}

/** A courier of this carrier, with these calls instead of its own. */
function courierOf(but: Partial<Carrier>) {
  const { prisma, clock } = shop.resources
  return openCourier({ prisma, clock, carrier: { ...simpleCarrier, ...but }, log, speed: 1 })
}

async function anOrder(parcels = 1): Promise<string> {
  const create = aCreate({ parcels })
  await shop.deliver('shipping.create', create)
  return create.orderId
}
const shipmentsOf = (orderId: string) =>
  shop.resources.prisma.shipment.findMany({ where: { orderId }, orderBy: { position: 'asc' } })
const oneOf = async (orderId: string) => {
  const [shipment] = await shipmentsOf(orderId)
  if (!shipment) throw new Error(`order ${orderId} has no shipment`)
  return shipment
}

/** An order whose label is made, due for a lookup. */
async function labelled(): Promise<string> {
  const orderId = await anOrder()
  await courierOf({}).go()
  expect(await oneOf(orderId)).toMatchObject({ label: 'MADE' })
  pass(HOUR_MS)
  return orderId
}
const delivered = (scans: Scan[] = []): Tracking => ({
  state: { status: 'DELIVERED', at: now, dispatchedAt: now },
  scans,
})

test('a parcel arrives though the tracking events of its carrier cannot be saved', async () => {
  const orderId = await labelled()
  const scan: Scan = { id: 'a', at: now, status: 'DELIVERED', location: 'Par\u0000is', description: '' }
  lines.length = 0
  await courierOf({ track: async () => delivered([scan]) }).go()
  const { id: shipmentId, ...parcel } = await oneOf(orderId)
  expect(parcel).toMatchObject({ status: 'DELIVERED', callAt: null })
  const msg = 'the tracking events of a parcel could not be saved'
  expect(lines).toEqual([{ level: 'error', msg, shipmentId, err: expect.anything() }])
})

test('any failure puts the call off, longer each time, and holds up no other parcel', async () => {
  const orderId = await labelled()
  const other = await anOrder(20)
  const courier = courierOf({
    track: async () => {
      throw new TypeError('a fault with \u0000')
    },
  })
  lines.length = 0
  await courier.go()
  const first = await oneOf(orderId)
  const msg = 'a call to the carrier failed; it is repeated'
  expect(lines).toEqual([{ level: 'error', msg, shipmentId: first.id, err: expect.anything() }])
  expect(first).toMatchObject({ failures: 1, lastError: 'a fault with' })
  expect(first.callAt?.getTime()).toBe(now.getTime() + 1_000)
  expect((await shipmentsOf(other)).map(({ label }) => label)).toEqual(Array(20).fill('MADE'))
  pass(1_000)
  await courier.go()
  const second = await oneOf(orderId)
  expect(second.failures).toBe(2)
  expect(second.callAt?.getTime()).toBe(now.getTime() + 2_000)
  pass(2_000)
  await courierOf({ track: async () => delivered() }).go()
  expect(await oneOf(orderId)).toMatchObject({ status: 'DELIVERED', failures: 0, lastError: null })
})

test('a failure that cannot be stored is reported once all other parcels have been asked about', async () => {
  const orderId = await anOrder(20)
  const [first] = await shipmentsOf(orderId)
  const createLabel: Carrier['createLabel'] = async (request, key) => {
    if (request.reference === first?.id) throw new CarrierUnavailable('no answer')
    return simpleCarrier.createLabel(request, key)
  }
  const { prisma, clock } = shop.resources
  const findUnique = () => Promise.reject(new Error('the row cannot be read'))
  const broken = new Proxy(prisma, {
    get: (target, name) => (name === 'shipment' ? { findUnique } : Reflect.get(target, name)),
  })
  const courier = openCourier({
    ...{ prisma: broken, clock, log, speed: 1 },
    carrier: { ...simpleCarrier, createLabel },
  })
  await expect(courier.go()).rejects.toThrow('the row cannot be read')
  const labels = (await shipmentsOf(orderId)).map(({ label }) => label)
  expect(labels).toEqual(['ASKED', ...Array(19).fill('MADE')])
})

test('a lookup is due half an hour after the last, divided by the speed, and every two seconds at most', () => {
  const { prisma, clock } = shop.resources
  const pollMs = (speed: number) =>
    openCourier({ prisma, clock, carrier: simpleCarrier, log, speed }).pace().pollMs
  expect([1, 60, 3_600].map(pollMs)).toEqual([1_800_000, 30_000, 2_000])
})

test('a label is asked for with the parcel, its warehouse and the whole address, by the key of its attempt', async () => {
  const create = aCreate({ carrier: 'Zebra', service: 'Night Express', parcels: 2 })
  await shop.deliver('shipping.create', create)
  const asked: unknown[] = []
  const createLabel: Carrier['createLabel'] = async (...request) => {
    asked.push(request)
    return simpleCarrier.createLabel(...request)
  }
  await courierOf({ createLabel }).go()
  const shipments = await shipmentsOf(create.orderId)
  const to = { carrier: 'Zebra', service: 'Night Express', to: create.address, weightGrams: 180 }
  expect(asked).toHaveLength(2)
  for (const { id: reference, warehouseCode } of shipments)
    expect(asked).toContainEqual([{ ...to, reference, from: { warehouseCode } }, `${reference}.1`])
  expect(shipments.map(({ warehouseCode }) => warehouseCode)).toEqual(['WH-1', 'WH-2'])
})

test('the parcels that have been due for the longest are asked about first', async () => {
  const parcels = await shipmentsOf(await anOrder(BATCH + 1))
  for (const { id, position } of parcels) {
    const callAt = new Date(now.getTime() - 24 * HOUR_MS - position)
    await shop.resources.prisma.shipment.update({ where: { id }, data: { callAt } })
  }
  const asked: string[] = []
  const createLabel: Carrier['createLabel'] = async (request, key) => {
    // Parcels of other tests are due too.
    if (parcels.some(({ id }) => id === request.reference)) asked.push(request.reference)
    return simpleCarrier.createLabel(request, key)
  }
  await courierOf({ createLabel }).go()
  expect([asked.length, asked.at(-1)]).toEqual([BATCH + 1, parcels[0]?.id])
})

test('a parcel that is asked about is not due for half a minute', async () => {
  const orderId = await anOrder()
  const due: (number | undefined)[] = []
  const createLabel: Carrier['createLabel'] = async (...asked) => {
    due.push((await oneOf(orderId)).callAt?.getTime())
    return simpleCarrier.createLabel(...asked)
  }
  await courierOf({ createLabel }).go()
  expect(due).toEqual([now.getTime() + 30_000])
})

test('a parcel that is found under way is looked up again after the normal interval', async () => {
  const orderId = await labelled()
  const track = async (): Promise<Tracking> => {
    return { state: { status: 'IN_TRANSIT', at: now, dispatchedAt: now }, scans: [] }
  }
  await courierOf({ track }).go()
  const callAt = new Date(now.getTime() + HOUR_MS / 2)
  expect(await oneOf(orderId)).toMatchObject({ status: 'IN_TRANSIT', callAt })
})

test.each<[string, () => Promise<Tracking>]>([
  [
    'reports nothing new',
    async () => ({ state: { status: 'CREATED', at: now, dispatchedAt: null }, scans: [] }),
  ],
  [
    'fails',
    async () => {
      throw new CarrierUnavailable('no answer')
    },
  ],
])('a lookup that %s makes no parcel due again that needs none', async (_, answer) => {
  const orderId = await labelled()
  const track = async () => {
    await shop.resources.prisma.shipment.updateMany({ where: { orderId }, data: { callAt: null } })
    return answer()
  }
  await courierOf({ track }).go()
  expect(await oneOf(orderId)).toMatchObject({ callAt: null, failures: 0 })
})

test('a parcel that needs no call is due no more, and another keeps its time', async () => {
  const orderId = await labelled()
  const { prisma } = shop.resources
  await courierOf({ track: async () => delivered() }).go()
  const other = await anOrder()
  await courierOf({}).go()
  const { callAt } = await oneOf(other)
  expect(callAt).not.toBeNull()
  await prisma.shipment.updateMany({ where: { orderId }, data: { callAt: now } })
  await courierOf({}).go()
  expect([await oneOf(orderId), await oneOf(other)]).toMatchObject([{ callAt: null }, { callAt }])
})

test('a parcel that is on its way leaves the next call about another of its order as it is', async () => {
  const orderId = await anOrder(2)
  await courierOf({}).go()
  pass(HOUR_MS)
  const [, second] = await shipmentsOf(orderId)
  const callAt = new Date(now.getTime() + 1)
  await shop.resources.prisma.shipment.update({
    where: { id: second?.id ?? '' },
    data: { callAt, failures: 3, refusals: 2, lastError: 'no answer' },
  })
  const track = async (): Promise<Tracking> => {
    return { state: { status: 'IN_TRANSIT', at: now, dispatchedAt: now }, scans: [] }
  }
  await courierOf({ track }).go()
  const after = { callAt, failures: 3, refusals: 2, lastError: 'no answer' }
  expect(await shipmentsOf(orderId)).toMatchObject([{ status: 'IN_TRANSIT' }, { ...second, ...after }])
})

test('the timers of shipping, with their periods; that of calls to the carrier sleeps until the first is due', async () => {
  const [MINUTE, HOUR] = [60_000, 3_600_000]
  expect(shop.timers).toEqual({
    'call-carrier': 500,
    'erase-deleted-users': MINUTE,
    'rotate-quote-keys': HOUR,
    'forget-throttles': HOUR,
  })
  await labelled()
  await anOrder()
  const { due = '' } = shipping.timers?.find(({ name }) => name === 'call-carrier') ?? {}
  const { _min: first } = await shop.resources.prisma.shipment.aggregate({ _min: { callAt: true } })
  expect(await shop.sql<{ min: Date }>(String(due))).toEqual([{ min: first.callAt }])
})

test('a label that the carrier has voided is not looked up, and the order is cancelled', async () => {
  const orderId = await labelled()
  await shop.deliver('shipping.cancel', { orderId })
  await courierOf({}).go()
  expect(await oneOf(orderId)).toMatchObject({
    status: 'CANCELLED',
    label: 'VOIDED',
    failures: 0,
    callAt: null,
  })
})

test('a label that the carrier voids by itself is asked for anew at once', async () => {
  const orderId = await labelled()
  const track = async (): Promise<Tracking> => {
    return { state: { status: 'VOIDED', at: now, dispatchedAt: null }, scans: [] }
  }
  await courierOf({ track }).go()
  expect(await oneOf(orderId)).toMatchObject({ label: 'WANTED', attempt: 2, labelId: null, callAt: now })
  const keys: string[] = []
  const createLabel: Carrier['createLabel'] = async (request, key) => {
    keys.push(key)
    return simpleCarrier.createLabel(request, key)
  }
  await courierOf({ createLabel }).go()
  const { id, ...parcel } = await oneOf(orderId)
  // Parcels of other tests are due too.
  expect(keys.filter((key) => key.startsWith(id))).toEqual([`${id}.2`])
  expect(parcel).toMatchObject({ status: 'LABEL_CREATED', label: 'MADE' })
})

test('500 characters of a failure are kept', async () => {
  const orderId = await labelled()
  const track = async () => {
    throw new CarrierUnavailable('x'.repeat(600))
  }
  await courierOf({ track }).go()
  expect((await oneOf(orderId)).lastError).toHaveLength(500)
})

describe('calls that the carrier refuses', () => {
  const refusing = () => {
    const refuse = async () => {
      throw new CarrierRefused('response with status 400')
    }
    return courierOf({ createLabel: refuse, track: refuse })
  }

  test(`for a label are repeated at intervals of up to five minutes; the parcel fails at the ${MAX_REFUSALS}th`, async () => {
    const orderId = await anOrder()
    const courier = refusing()
    for (let call = 1; call < MAX_REFUSALS; call++) {
      await courier.go()
      const { callAt, status } = await oneOf(orderId)
      expect(status).toBe('PENDING')
      const pause = (callAt?.getTime() ?? 0) - now.getTime()
      expect(pause).toBe(Math.min(1_000 * 2 ** (call - 1), 300_000))
      pass(pause)
    }
    await courier.go()
    expect(await oneOf(orderId)).toMatchObject({
      status: 'FAILED',
      failure: 'REFUSED_BY_CARRIER',
      callAt: null,
    })
  })

  test('are counted apart from those without an answer', async () => {
    const orderId = await anOrder()
    const silent = courierOf({
      createLabel: async () => {
        throw new CarrierUnavailable('no answer')
      },
    })
    for (let call = 0; call < MAX_REFUSALS + 5; call++) {
      await silent.go()
      pass(HOUR_MS)
    }
    lines.length = 0
    await refusing().go()
    const { id: shipmentId, ...refused } = await oneOf(orderId)
    expect(refused).toMatchObject({ status: 'PENDING', refusals: 1 })
    const msg = 'the outcome of a call to the carrier is unknown; it is repeated'
    expect(lines).toContainEqual({ level: 'warn', msg, shipmentId, reason: 'response with status 400' })
    for (const courier of [silent, refusing()]) {
      pass(HOUR_MS)
      await courier.go()
    }
    expect(await oneOf(orderId)).toMatchObject({ status: 'PENDING', refusals: 2 })
    pass(HOUR_MS)
    await courierOf({}).go()
    expect(await oneOf(orderId)).toMatchObject({ label: 'MADE', refusals: 0, failures: 0 })
  })

  test('for a lookup are repeated for good, at intervals of up to six hours, since the parcel is on its way', async () => {
    const orderId = await labelled()
    // A call without an answer before them does not lengthen their intervals.
    await courierOf({}).go()
    pass(HOUR_MS)
    const courier = refusing()
    for (let call = 0; call < MAX_REFUSALS + 2; call++) {
      await courier.go()
      const { callAt } = await oneOf(orderId)
      expect(Number(callAt) - now.getTime()).toBe(Math.min(1_000 * 2 ** call, 6 * HOUR_MS))
      pass(6 * HOUR_MS)
    }
    expect(await oneOf(orderId)).toMatchObject({ status: 'LABEL_CREATED', refusals: MAX_REFUSALS + 2 })
    const waiting = { status: 'CREATED', dispatchedAt: null, at: now } as const
    await courierOf({ track: async () => ({ state: waiting, scans: [] }) }).go()
    const none = { failures: 0, refusals: 0, lastError: null }
    expect(await oneOf(orderId)).toMatchObject({ status: 'LABEL_CREATED', ...none })
    pass(HOUR_MS)
    await courierOf({ track: async () => delivered() }).go()
    expect(await oneOf(orderId)).toMatchObject({ status: 'DELIVERED', refusals: 0 })
  })
})
