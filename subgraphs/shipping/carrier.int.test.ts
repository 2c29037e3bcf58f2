import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { CarrierUnavailable } from './carrier/carrier.ts'
import { httpCarrier } from './carrier/http-carrier.ts'
import { aLabelRequest } from './testing/a-label-request.ts'
import { type OpenCarrier, openCarrier } from './testing/open-carrier.ts'

let world: OpenCarrier
/** The pause of an answer. */
let pause: (ms: number) => Promise<unknown> = sleep
beforeAll(async () => {
  world = await openCarrier({ slowMs: 100, lateMs: 100, pause: (ms) => pause(ms) })
})
afterAll(() => world.close())
beforeEach(() => world.break({}))

/** The shop with a timeout below the delays. */
const hasty = () => httpCarrier({ url: world.url, apiKey: world.settings.apiKey, timeoutMs: 50 })

/** Creates a label that must succeed. */
async function labelOf(request = aLabelRequest(), key: string = randomUUID()) {
  const answer = await world.carrier.createLabel(request, key)
  if (answer.type !== 'made') throw new Error(`the label was refused: ${answer.message}`)
  return answer.label
}

test('a label asked for again with its key is the same label, and with another request is refused', async () => {
  const [request, key] = [aLabelRequest(), randomUUID()]
  const labels = await Promise.all(Array.from({ length: 6 }, () => labelOf(request, key)))
  expect(new Set(labels.map(({ labelId }) => labelId)).size).toBe(1)
  expect(await world.sql('SELECT count(*)::int AS n FROM label WHERE key = $1', key)).toEqual([{ n: 1 }])
  const other = world.carrier.createLabel(aLabelRequest(), key)
  await expect(other).rejects.toThrow('status 409')
})

test('tracking returns the status of a parcel: created, in transit, delivered', async () => {
  const { labelId } = await labelOf()
  expect((await world.carrier.track(labelId)).state).toMatchObject({ status: 'CREATED', dispatchedAt: null })
  await world.moveTo(labelId, 2)
  const moving = await world.carrier.track(labelId)
  expect(moving.state).toMatchObject({ status: 'IN_TRANSIT', dispatchedAt: expect.any(Date) })
  expect(moving.scans.map(({ status, location }) => [status, location])).toEqual([
    ['LABEL_CREATED', null],
    ['IN_TRANSIT', 'Rotterdam'],
    ['IN_TRANSIT', 'Rotterdam'],
  ])
  await world.moveTo(labelId, 5)
  const { state, scans } = await world.carrier.track(labelId)
  expect(state.status).toBe('DELIVERED')
  expect(scans.at(-1)).toMatchObject({ status: 'DELIVERED', location: 'Paris', description: 'Delivered' })
  expect(state.at).toEqual(scans.at(-1)?.at)
})

test.each([
  ['Test Lost', 'LOST'],
  ['Test Returned', 'RETURNED'],
])('the parcel for %s ends as %s', async (recipient, status) => {
  const { labelId } = await labelOf(aLabelRequest({ recipient }))
  await world.moveTo(labelId, 9)
  expect((await world.carrier.track(labelId)).state.status).toBe(status)
})

test('the parcel for Test Refused is refused, each time that it is asked for', async () => {
  const [request, key] = [aLabelRequest({ recipient: 'Test Refused' }), randomUUID()]
  for (const _ of [1, 2])
    expect(await world.carrier.createLabel(request, key)).toEqual({
      type: 'refused',
      message: 'The carrier does not serve this address.',
    })
})

test('a label is taken back before the parcel is taken over, as often as it is asked, and not afterwards', async () => {
  const { labelId } = await labelOf()
  expect([await world.carrier.voidLabel(labelId), await world.carrier.voidLabel(labelId)]).toEqual([
    'voided',
    'voided',
  ])
  expect((await world.carrier.track(labelId)).state.status).toBe('VOIDED')
  const gone = await labelOf()
  await world.moveTo(gone.labelId, 1)
  expect(await world.carrier.voidLabel(gone.labelId)).toBe('dispatched')
})

test.each([
  ['Test Late Answer', 1, /no complete response within 50 ms/],
  ['Test Dropped', 1, /socket hang up/],
  ['Test Failing', 2, /status 500/],
])(
  'for %s the first %i calls tell nothing, and the same key then finds one label',
  async (recipient, times, reason) => {
    const [request, key] = [aLabelRequest({ recipient }), randomUUID()]
    for (let call = 0; call < times; call++) {
      const shop = recipient === 'Test Late Answer' ? hasty() : world.carrier
      const asked = shop.createLabel(request, key)
      await expect(asked).rejects.toThrow(CarrierUnavailable)
      await expect(asked).rejects.toThrow(reason)
    }
    const { labelId } = await labelOf(request, key)
    expect(await world.sql('SELECT id FROM label WHERE key = $1', key)).toEqual([{ id: labelId }])
  },
)

test('an answer that is slow is waited for', async () => {
  const [request, key] = [aLabelRequest({ recipient: 'Test Slow' }), randomUUID()]
  for (const _ of [1, 2])
    await expect(hasty().createLabel(request, key)).rejects.toThrow('no complete response within 50 ms')
  expect((await labelOf(request, key)).labelId).toMatch(/^lbl_/)
  await world.break({ slow: 1, slowMs: 100 })
  await expect(hasty().track('lbl_1')).rejects.toThrow('no complete response within 50 ms')
})

test('an answer that the fault slow holds back takes the time of the fault, after the effect of its call', async () => {
  await world.break({ slow: 1, slowMs: 20_000 })
  const [held, over] = [Promise.withResolvers<number>(), Promise.withResolvers<void>()]
  pause = (ms) => {
    held.resolve(ms)
    return over.promise
  }
  const key = randomUUID()
  const label = labelOf(aLabelRequest(), key).finally(() => {
    pause = sleep
  })
  expect(await Promise.race([held.promise, label])).toBe(20_000)
  const [made] = await world.sql<{ id: string }>('SELECT id FROM label WHERE key = $1', key)
  over.resolve()
  expect((await label).labelId).toBe(made?.id)
})

test('faults that were asked for happen, and are kept', async () => {
  await world.break({ fail: 1 })
  const failed = randomUUID()
  await expect(world.carrier.createLabel(aLabelRequest(), failed)).rejects.toThrow('status 500')
  expect(await world.sql('SELECT count(*)::int AS n FROM label WHERE key = $1', failed)).toEqual([{ n: 0 }])
  await world.break({ drop: 1 })
  const key = randomUUID()
  await expect(world.carrier.createLabel(aLabelRequest(), key)).rejects.toThrow('socket hang up')
  expect(await world.sql('SELECT count(*)::int AS n FROM label WHERE key = $1', key)).toEqual([{ n: 1 }])
  await world.break({ lose: 1 })
  const { labelId } = await labelOf()
  await world.moveTo(labelId, 9)
  expect((await world.carrier.track(labelId)).state.status).toBe('LOST')
  await expect(world.break({ fail: 2 })).rejects.toThrow('invalid')
})

test('a carrier started at another speed goes on from where it was', async () => {
  const { labelId } = await labelOf(aLabelRequest({ service: 'Express' }))
  const left = async () => {
    const [row] = await world.sql<{ seconds: number }>(
      'SELECT extract(epoch FROM max(due_at) - now())::float8 AS seconds FROM scan WHERE label_id = $1',
      labelId,
    )
    return row?.seconds ?? 0
  }
  await world.moveTo(labelId, 1)
  const past = () =>
    world.sql('SELECT due_at FROM scan WHERE label_id = $1 AND position < 2 ORDER BY position', labelId)
  const happened = await past()
  // One webhook is repeated since the shop has not taken it, at its own pace.
  await world.sql(
    'UPDATE webhook SET due_at = (SELECT max(due_at) FROM scan WHERE label_id = $1) WHERE label_id = $1',
    labelId,
  )
  await world.sql(
    `UPDATE webhook SET attempts = 1, due_at = now() + interval '1 hour'
      WHERE id = (SELECT min(id) FROM webhook WHERE label_id = $1)`,
    labelId,
  )
  const before = await left()
  expect(before).toBeGreaterThan(6 * 3_600)
  await world.restart(3_600)
  expect(await left()).toBeLessThan(before / 3_000)
  expect(await past()).toEqual(happened)
  const webhooks = await world.sql<{ attempts: number; seconds: number }>(
    'SELECT attempts, extract(epoch FROM due_at - now())::float8 AS seconds FROM webhook WHERE label_id = $1',
    labelId,
  )
  expect(webhooks).toHaveLength(5)
  for (const { attempts, seconds } of webhooks)
    if (attempts === 0) expect(seconds).toBeLessThan(before / 3_000)
    else expect(seconds).toBeGreaterThan(3_000)
  await world.restart(1)
})

test('whoever has another key is nobody', async () => {
  const stranger = httpCarrier({ url: world.url, apiKey: new Uint8Array(32) })
  await expect(stranger.createLabel(aLabelRequest(), randomUUID())).rejects.toThrow('status 401')
})

test('a carrier that is not there has not answered', async () => {
  const nobody = httpCarrier({ url: 'http://127.0.0.1:9', apiKey: new Uint8Array(32) })
  await expect(nobody.track('lbl_1')).rejects.toThrow(CarrierUnavailable)
})
