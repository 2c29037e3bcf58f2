import type { Viewer } from '@argyle/kit/identity'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { customer, type OperationResult, staff } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type OpenNotifications, openNotifications } from './testing/open-notifications.ts'

let shop: OpenNotifications
let ada: Viewer
const agent = staff('support:read', 'support:write', 'audit:read')

beforeAll(async () => {
  shop = await openNotifications({ SMS_PREFIXES: '+49,+43' })
  ada = customer((await shop.aPerson({ isVerified: false })).userId)
  const { errors } = await run('updateNotificationPreferences', { expectedVersion: 1 })
  expect(errors).toEqual([])
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const UUID = '019aa5c2-8c00-7000-8000-00000000dead'
const zone = (timeZone: string) => ({ from: '22:00', until: '07:00', timeZone })
const choice = (kind: string, channel: string, isEnabled = false) => ({
  choices: [{ kind, channel, isEnabled }],
})
const ENDPOINT = 'https://fcm.googleapis.com/fcm/send/a'
const KEY = Buffer.alloc(65, 4).toString('base64url')

/** Bad inputs of each mutation. */
const CASES: Readonly<Record<string, readonly object[]>> = {
  updateNotificationPreferences: [
    { expectedVersion: 0 },
    { expectedVersion: 7 },
    choice('ORDER_CONFIRMED', 'EMAIL'),
    choice('ORDER_CANCELLED', 'EMAIL'),
    choice('PASSWORD_RESET', 'EMAIL'),
    choice('PHONE_VERIFICATION', 'SMS'),
    choice('CAMPAIGN', 'EMAIL', true),
    choice('NOTHING', 'EMAIL'),
    choice('WELCOME', 'PIGEON'),
    { choices: Array(101).fill(choice('WELCOME', 'EMAIL').choices[0]) },
    { quietHours: { ...zone('UTC'), from: '24:00' } },
    { quietHours: { ...zone('UTC'), until: '7:00' } },
    { quietHours: { ...zone('UTC'), until: '22:00' } },
    { quietHours: zone('Mars/Olympus') },
    { digestTime: { hour: 24, timeZone: 'UTC' } },
    { digestTime: { hour: -1, timeZone: 'UTC' } },
    { digestTime: { hour: 8, timeZone: '' } },
  ],
  markNotificationsRead: [
    {},
    { ids: [] },
    { ids: ['socks'] },
    { ids: Array(101).fill(`ntf_${UUID}`) },
    { ids: [`ntf_${UUID}`], until: '2026-01-01T00:00:00Z' },
    { until: 'soon' },
  ],
  retryNotification: [{ id: 'socks' }, { id: `ntf_${UUID}` }],
  registerPushSubscription: [
    { endpoint: 'http://fcm.googleapis.com/a' },
    { endpoint: 'https://push.example/a' },
    { endpoint: ENDPOINT, p256dh: 'AAAA', auth: 'AAAA' },
    { endpoint: ENDPOINT, p256dh: KEY, auth: Buffer.alloc(17).toString('base64url') },
  ],
  removePushSubscription: [{ id: 'socks' }],
  requestPhoneVerification: [
    { number: '' },
    { number: '015112345678' },
    { number: '+447911123456' },
    { number: '+49 151 12345678 or any other number at all' },
  ],
  verifyPhone: [{ code: '12345' }, { code: '1'.repeat(41) }, { code: '123456' }],
}

const DEFAULTS: Readonly<Record<string, object>> = {
  updateNotificationPreferences: { expectedVersion: 2 },
  registerPushSubscription: { p256dh: KEY, auth: Buffer.alloc(16).toString('base64url') },
}

/** Bad arguments of queries, for staff. */
const QUERIES = [
  'notification(id: "socks") { id }',
  'notifications(first: 0) { edges { cursor } }',
  'notifications(first: 101) { edges { cursor } }',
  'notifications(after: "x") { edges { cursor } }',
  'failedNotifications(first: 0) { edges { cursor } }',
  'failedNotifications(after: "x") { edges { cursor } }',
  'notificationsAudit(first: 101) { edges { cursor } }',
]

function run(name: string, bad: object): Promise<OperationResult> {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  const query = `mutation ($input: ${type}!) { ${name}(input: $input) {
    userErrors { __typename ... on UserError { message path } } } }`
  const viewer = name === 'retryNotification' ? agent : ada
  return shop.execute(query, { input: { ...DEFAULTS[name], ...bad } }, viewer)
}

test('bad inputs and arguments are refused with the messages of refusals.md, and change nothing', async () => {
  const before = await shop.everyRow()
  const all: Refused[] = []
  for (const [name, bads] of Object.entries(CASES))
    for (const bad of bads) all.push([`${name} ${JSON.stringify(bad)}`, await run(name, bad)])
  for (const field of QUERIES) all.push([field, await shop.execute(`{ ${field} }`, {}, agent)])
  const test = 'subgraphs/notifications/bad-input.int.test.ts'
  await expect(refusalsPage(test, all)).toMatchFileSnapshot('refusals.md')
  expect(await shop.everyRow()).toEqual(before)
})
