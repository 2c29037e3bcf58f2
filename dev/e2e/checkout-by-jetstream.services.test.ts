import { randomUUID } from 'node:crypto'
import { environment } from '@argyle/kit/config'
import type { EventBus } from '@argyle/kit/event-bus'
import { openJetStreamBus } from '@argyle/kit/jetstream-bus'
import { jetstreamManager } from '@nats-io/jetstream'
import { connect } from '@nats-io/transport-node'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { bestSeller } from '../shop/terminal/banner.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { run } from './one-input.ts'
import { placeOrder } from './place-order.ts'
import { signIn } from './sign-in.ts'
import { waitUntil } from './wait-until.ts'

const UNPAID = ['PENDING', 'AWAITING_PAYMENT']
const PAID = /^(CONFIRMED|FULFILLING|SHIPPED|DELIVERED)$/

const SERVERS = 'nats://127.0.0.1:4222'

/** The shopping test uses the in-memory bus; this one sends the same messages by NATS JetStream. */
describe.runIf(environment().ARGYLE_TEST_SERVICES === '1')(
  'with NATS JetStream between the subgraphs',
  () => {
    const stream = `argyle_${randomUUID().replaceAll('-', '')}`
    let bus: EventBus
    let shop: TestShop

    beforeAll(async () => {
      bus = await openJetStreamBus({
        servers: SERVERS,
        client: 'test',
        log: pino({ level: 'silent' }),
        stream,
      })
      shop = await startTestShop({ bus, isFirstStart: true })
    })
    afterAll(async () => {
      await shop?.stop()
      await bus?.close()
      const connection = await connect({ servers: SERVERS })
      await (await jetstreamManager(connection)).streams.delete(stream)
      await connection.close()
    })

    test('an order is confirmed and its stock committed, also after an outage of inventory', async () => {
      const customer = shop.visitor()
      await signIn(customer, shop.accounts.customer)
      await shop.subgraph('inventory').stop()
      const slug = shop.seed ? bestSeller(shop.seed) : ''
      const orderId = await placeOrder(customer, slug, 2)
      const status = async () =>
        (await customer.ask(`{ order(id: "${orderId}") { status } }`)).data.order.status
      expect(await status()).toBe('PENDING')
      await shop.subgraph('inventory').start()
      expect(await waitUntil(status, (now) => !UNPAID.includes(now))).toMatch(PAID)
    })

    test('an order immediately after a change of its address is shipped to the new address', async () => {
      const customer = shop.visitor()
      await signIn(customer, shop.accounts.customer)
      const { data } = await customer.ask('{ me { addresses { id version } } }')
      const [{ id: addressId, version: expectedVersion }] = data.me.addresses
      const line1 = `New Street ${randomUUID()}`
      const { address } = await run(customer, 'updateAddress', 'address { version }', {
        addressId,
        expectedVersion,
        line1,
      })
      expect(address.version).toBe(expectedVersion + 1)
      const orderId = await placeOrder(customer, shop.seed ? bestSeller(shop.seed) : '', 1)
      const order = await customer.ask(`{ order(id: "${orderId}") { shippingAddress { line1 } } }`)
      expect(order.data.order.shippingAddress.line1).toBe(line1)
    })
  },
)
