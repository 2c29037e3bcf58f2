import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { seal } from '@argyle/kit/sealed'
import { testAuditedMutations } from '@argyle/kit/testing/audited-mutations'
import { customer, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { LINK_KEY, type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
beforeAll(async () => {
  shop = await openNotifications()
})
afterAll(() => shop.close())

const RETRY = `mutation ($input: RetryNotificationInput!) { retryNotification(input: $input) {
  notification { id status } userErrors { ... on UserError { message path } } } }`
const FAILED = `query ($first: Int, $after: String) { failedNotifications(first: $first, after: $after) {
  edges { node { id kind channel title body status lastError } } pageInfo { hasNextPage endCursor } } }`
const AUDIT = `query ($subjectId: ID) { notificationsAudit(subjectId: $subjectId) { edges { node { actorId action before after } } } }`
const agent = staff('support:read', 'support:write')

const retry = async (id: string, viewer: Viewer = agent) => {
  const { data, errors } = await shop.execute(RETRY, { input: { id } }, viewer)
  expect(errors).toEqual([])
  return data.retryNotification
}
async function ship(userId: string) {
  const orderId = await shop.anOrder({ customerId: userId })
  await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
  await shop.work()
}
const mailOf = async (userId: string) => {
  const [row] = await shop.sql<{ id: string; status: string; attempts: number }>(
    `SELECT id, status, attempts FROM notification WHERE user_id = $1 AND channel = 'EMAIL'`,
    userId,
  )
  if (!row) throw new Error('there is no e-mail')
  return row
}

/** A person whose e-mail was rejected. */
async function aFailure() {
  await shop.sql('DELETE FROM stopped_address RETURNING 1')
  const { userId } = await shop.aPerson({ email: 'refused@argyle.example' })
  await ship(userId)
  const { id, status } = await mailOf(userId)
  expect(status).toBe('FAILED')
  return { userId, id }
}

describe('a message that has failed', () => {
  test('is sent again to where its account is reached now, once, and who did it is logged', async () => {
    const { userId, id } = await aFailure()
    const email = `${userId.slice(4)}@argyle.example`
    await shop.deliverSample('users.contact.changed', { userId, email }, { sequence: 9 })
    for (let time = 0; time < 2; time++)
      expect(await retry(id)).toEqual({ notification: { id, status: 'QUEUED' }, userErrors: [] })
    await shop.work()
    expect(await shop.mailTo(email)).toHaveLength(1)
    expect(await mailOf(userId)).toMatchObject({ status: 'SENT', attempts: 1 })
    const { data } = await shop.execute(AUDIT, { subjectId: id }, staff('audit:read'))
    const entries = data.notificationsAudit.edges.map(({ node }: { node: object }) => node)
    expect(entries).toMatchObject([
      { actorId: agent.kind === 'user' ? agent.id : '', action: 'retryNotification' },
    ])
  })

  test('is sent again to its own address alone if it has a link', async () => {
    const { userId, email } = await shop.aPerson()
    const link = {
      ...{ linkId: newId('lnk'), userId, email: 'refused@argyle.example', purpose: 'VERIFY_EMAIL' },
      sealedToken: Buffer.from(seal(LINK_KEY, Buffer.from('the-token'))).toString('base64url'),
      expiresAt: new Date(shop.now().getTime() + 60_000).toISOString(),
    }
    await shop.deliverSample('users.link.made', link)
    await shop.work()
    await retry((await mailOf(userId)).id)
    await shop.work()
    expect(await mailOf(userId)).toMatchObject({ status: 'FAILED', attempts: 1 })
    expect(await shop.mailTo(email)).toEqual([])
  })

  test('is queued once by two agents at once, which is logged once', async () => {
    const { id } = await aFailure()
    const answers = await shop.manyAtOnce(2, () => retry(id))
    expect(answers.flatMap(({ userErrors }) => userErrors)).toEqual([])
    expect(await shop.sql('SELECT action FROM audit_entry WHERE subject_id = $1', id)).toHaveLength(1)
  })

  test('has failed again where its address still refuses', async () => {
    const { userId, id } = await aFailure()
    await retry(id)
    await shop.work()
    expect(await mailOf(userId)).toMatchObject({ status: 'FAILED', attempts: 1 })
  })

  test('of a guest is sent again to the address of the guest', async () => {
    await shop.sql('DELETE FROM stopped_address RETURNING 1')
    const orderId = await shop.anOrder({ customerId: null, email: 'refused@argyle.example' })
    await shop.deliverSample('shipping.shipment.dispatched', { orderId, shipmentId: newId('shp') })
    await shop.work()
    const read = () =>
      shop.sql<{ id: string }>('SELECT id, address, status FROM notification WHERE user_id IS NULL')
    const [failed] = await read()
    expect(failed).toMatchObject({ address: 'refused@argyle.example', status: 'FAILED' })
    await retry(failed?.id ?? '')
    expect(await read()).toEqual([{ ...failed, status: 'QUEUED' }])
    await shop.work()
  })

  test('is listed for staff with its text and its reason, page by page', async () => {
    for (let made = 0; made < 3; made++) await aFailure()
    const page = async (after: string | null) =>
      (await shop.execute(FAILED, { first: 2, after }, agent)).data.failedNotifications
    const first = await page(null)
    expect(first.edges).toHaveLength(2)
    expect(first.edges[0].node).toMatchObject({
      kind: 'ORDER_SHIPPED',
      channel: 'EMAIL',
      title: expect.stringContaining('ist unterwegs'),
      body: expect.stringContaining('3 Paar'),
      status: 'FAILED',
      lastError: expect.stringContaining('5.1.1'),
    })
    const second = await page(first.pageInfo.endCursor)
    const ids = [...first.edges, ...second.edges].map(({ node }: { node: { id: string } }) => node.id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids.toSorted().reverse()).toEqual(ids)
  })
})

test.each([
  ['that was sent', `status = 'SENT'`, 'is SENT: allowed is one that is FAILED'],
  ['whose text is not kept', 'content = NULL', 'its text is not stored'],
])('a message %s is refused', async (_, change, message) => {
  const { id } = await aFailure()
  await shop.sql(`UPDATE notification SET ${change} WHERE id = $1 RETURNING 1`, id)
  expect(await retry(id)).toEqual({
    notification: null,
    userErrors: [{ path: ['id'], message: expect.stringContaining(message) }],
  })
})

test('a message that does not exist, and one of the list, is refused', async () => {
  const { userId } = await aFailure()
  const [listed] = await shop.sql<{ id: string }>(
    `SELECT id FROM notification WHERE user_id = $1 AND channel = 'IN_APP'`,
    userId,
  )
  for (const id of [newId('ntf'), listed?.id ?? ''])
    expect(await retry(id)).toMatchObject({ notification: null, userErrors: [{ path: ['id'] }] })
  expect(await retry('ntf_1')).toMatchObject({ userErrors: [{ message: expect.stringContaining('ntf_1') }] })
})

testAuditedMutations<'retryNotification'>(
  new URL('schema.graphql', import.meta.url),
  () => shop,
  (_, input, viewer) => shop.execute(RETRY, { input }, viewer),
  {
    async retryNotification() {
      const { id } = await aFailure()
      const before = { status: 'FAILED', attempts: 1, lastError: expect.stringContaining('5.1.1') }
      const after = { status: 'QUEUED', attempts: 0, lastError: null }
      return { viewer: agent, input: { id }, entries: [{ subjectId: id, before, after }] }
    },
  },
)

test('only staff see failures, send again, and read who did', async () => {
  const { userId, id } = await aFailure()
  for (const viewer of [anonymous, customer(userId), staff('inventory:read')]) {
    for (const [query, input] of [
      [RETRY, { id }],
      [FAILED, {}],
      [AUDIT, {}],
    ] as const) {
      const { errors } = await shop.execute(query, { input }, viewer)
      expect(errors[0]?.extensions?.code).toMatch(/^(UNAUTHENTICATED|FORBIDDEN)$/)
    }
  }
  // Each needs its own scope.
  for (const [query, input, scopes] of [
    [RETRY, { id }, ['support:read', 'audit:read']],
    [FAILED, {}, ['support:write', 'audit:read']],
    [AUDIT, {}, ['support:read', 'support:write']],
  ] as const)
    expect((await shop.execute(query, { input }, staff(...scopes))).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ])
  const own = '{ notifications(channel: EMAIL) { edges { node { lastError } } } }'
  const { data, errors } = await shop.execute(own, {}, customer(userId))
  expect(data.notifications.edges).toEqual([{ node: { lastError: null } }])
  expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
})
