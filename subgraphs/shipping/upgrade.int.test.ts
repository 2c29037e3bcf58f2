import { fileURLToPath } from 'node:url'
import { eraseDue } from '@argyle/kit/deleted-users'
import { oldDatabase } from '@argyle/kit/testing/old-database'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { testSubgraph } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { eraseDestinations } from './shipment/erase-destinations.ts'
import { type Resources, shipping } from './subgraph.ts'
import { settingsOf } from './testing/open-shipping.ts'

/** Rows of a deployment as it was before the audit log and the carrier's texts were free of words about customers. */
const OLD = `
INSERT INTO audit_entry (id, at, actor_id, action, subject_id, before, after) VALUES
  ('aud_1', now(), 'usr_9', 'rejectReturn', 'ret_1', '{"status":"REQUESTED","reason":"They itch."}', '{"status":"REJECTED","reason":"They itch.","rejection":"Worn."}'),
  ('aud_2', now(), 'usr_9', 'requestReturn', 'ret_1', NULL, '{"status":"REQUESTED","reason":null}'),
  ('aud_3', now(), 'usr_9', 'updateShippingZone', 'zon_1', NULL, '{"name":"Alps","reason":"stays"}');
INSERT INTO deleted_user (user_id, deleted_at, due_at) VALUES ('usr_1', now(), NULL);
INSERT INTO fulfilment (order_id, customer_id, status, version, created_at) VALUES ('ord_1', 'usr_1', 'OPEN', 1, now());
INSERT INTO shipment (id, order_id, position, status, version, warehouse_id, warehouse_code, weight_grams, label, created_at, dispatched_at, delivered_at)
  VALUES ('shp_1', 'ord_1', 1, 'DELIVERED', 3, 'whs_1', 'WH-1', 60, 'WANTED', now(), now(), now());
INSERT INTO tracking_event (shipment_id, id, at, status, location, description) VALUES ('shp_1', '1', now(), 'DELIVERED', 'Paris', 'With Ada''s neighbour')`

let shop: Awaited<ReturnType<typeof testSubgraph>>
beforeAll(async () => {
  const migrations = fileURLToPath(new URL('../../prisma/shipping/migrations', import.meta.url))
  const database = await oldDatabase(migrations, '20261128230000_guest_proof', OLD)
  shop = await testSubgraph(shipping, { database, settings: settingsOf() })
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop, ['deleted_user (', 'tracking_event ('])

test('words of customers leave the audit log of returns', async () => {
  const rows = await shop.resources.prisma.$queryRawUnsafe(
    'SELECT before, after FROM audit_entry ORDER BY id',
  )
  expect(rows).toEqual([
    { before: { status: 'REQUESTED' }, after: { status: 'REJECTED' } },
    { before: null, after: { status: 'REQUESTED' } },
    { before: null, after: { name: 'Alps', reason: 'stays' } },
  ])
})

test('texts of carriers about the parcels of accounts that were deleted before are erased', async () => {
  // testSubgraph opened the definition of shipping.
  const { prisma, clock } = shop.resources as Resources
  await eraseDue(prisma, clock, eraseDestinations)
  const events = await prisma.trackingEvent.findMany({ select: { location: true, description: true } })
  expect(events).toEqual([{ location: null, description: '' }])
})
