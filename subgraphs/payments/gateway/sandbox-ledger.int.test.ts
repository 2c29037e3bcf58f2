import { afterAll, beforeAll, expect, test } from 'vitest'
import { openSandbox, type TestSandbox } from '../testing/sandbox.ts'
import { sandboxClient } from '../testing/sandbox-client.ts'

let gateway: TestSandbox
beforeAll(async () => {
  gateway = await openSandbox()
})
afterAll(() => gateway.close())

const { ask, aPayment, capture, refund } = sandboxClient(() => gateway)

test('the ledger has every movement in order, page after page', async () => {
  const { id } = await aPayment()
  await capture(id, '450')
  await refund(id, '50')
  // An update stores the first entry behind the others.
  await gateway.sql(
    'UPDATE entry SET kind = kind WHERE id = (SELECT min(id) FROM entry WHERE payment_id = $1)',
    id,
  )
  const { body } = await ask('/v1/ledger', { method: 'GET' })
  const own = body.entries.filter(({ paymentId }: { paymentId: string }) => paymentId === id)
  expect(own.map(({ kind, amountMinor }: Record<string, string>) => [kind, amountMinor])).toEqual([
    ['AUTHORIZE', '500'],
    ['CAPTURE', '450'],
    ['REFUND', '50'],
  ])
  expect(own[0]).toMatchObject({ reference: 'ord_1', currency: 'EUR', status: 'CAPTURED' })
  expect(body.next).toBeNull()
  const rest = await ask(`/v1/ledger?after=${own[0].id}`, { method: 'GET' })
  expect(rest.body.entries).toEqual(own.slice(1))
})
