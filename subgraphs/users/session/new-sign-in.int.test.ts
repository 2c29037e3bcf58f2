import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import { anonymous } from '@argyle/kit/identity'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openUsers,
  PASSWORD,
  SIGN_UP,
  type SignedUp,
  type TestUsers,
  viewerOf,
} from '../testing/open-users.ts'

let users: TestUsers
beforeAll(async () => {
  users = await openUsers()
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users, ['known_network ('])

const published = async ({ id }: SignedUp) =>
  (await users.outbox()).filter(
    ({ type, data }) => type === 'users.sign_in.noticed' && (data as { userId: string }).userId === id,
  )
const from = (account: SignedUp, address: string | null) => users.signIn(account.email, PASSWORD, address)

test('a sign-in from a new place is published once; the first place and known ones are not', async () => {
  const ada = await users.signUp()
  await from(ada, '192.0.2.1')
  await from(ada, '192.0.2.1')
  await from(ada, null)
  expect(await published(ada)).toEqual([])
  await from(ada, '198.51.100.7')
  await from(ada, '198.51.100.7')
  const [event, ...more] = await published(ada)
  expect(more).toEqual([])
  const file = new URL('../event-samples/users.sign_in.noticed.json', import.meta.url)
  const sample = envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  expect(event).toMatchObject({
    sequence: 1,
    data: { userId: ada.id, email: ada.email, at: users.now().toISOString() },
  })
  expect(Object.keys(event?.data as object).sort()).toEqual(Object.keys(sample.data as object).sort())
})

test('neighbours in a network of IPv6 are one place, and a wrong password is none', async () => {
  const ada = await users.signUp()
  await from(ada, '2001:db8:1:1::1')
  await from(ada, '2001:db8:1:1::2')
  await users.signIn(ada.email, 'not my password', '2001:db8:1:2::1')
  expect(await published(ada)).toEqual([])
  await from(ada, '2001:db8:1:2::1')
  expect(await published(ada)).toHaveLength(1)
})

test('the place of the sign-up is the first one', async () => {
  const email = `${randomUUID()}@argyle.example`
  const input = { idempotencyKey: randomUUID(), email, password: PASSWORD, displayName: 'Ada' }
  const { data } = await users.execute(SIGN_UP, { input }, anonymous, { clientAddress: '192.0.2.1' })
  const { id } = viewerOf(data.signUp.session.accessToken)
  const ada = { id, email } as SignedUp // `from` and `published` read no more
  await from(ada, '198.51.100.7')
  expect(await published(ada)).toHaveLength(1)
})

test('the table does not show that two accounts sign in from one place', async () => {
  const people = [await users.signUp(), await users.signUp()]
  for (const person of people) await from(person, '192.0.2.1')
  const ofPeople = { where: { userId: { in: people.map(({ id }) => id) } } }
  const hashes = (await users.resources.prisma.knownNetwork.findMany(ofPeople)).map(({ hash }) =>
    Buffer.from(hash).toString('hex'),
  )
  expect(new Set(hashes).size).toBe(2)
})

test('the time of a place does not go back for a replica whose clock is behind', async () => {
  const ada = await users.signUp()
  await from(ada, '192.0.2.1')
  const { knownNetwork } = users.resources.prisma
  const where = { userId: ada.id }
  const usedAt = new Date(users.now().getTime() + 3_600_000)
  await knownNetwork.updateMany({ where, data: { usedAt } })
  await from(ada, '192.0.2.1')
  expect(await knownNetwork.findMany({ where, select: { usedAt: true } })).toEqual([{ usedAt }])
})

test('concurrent sign-ins from one new place are published once', async () => {
  const ada = await users.signUp()
  await from(ada, '192.0.2.1')
  await users.manyAtOnce(4, () => from(ada, '198.51.100.8'))
  expect(await published(ada)).toHaveLength(1)
})

test('no table holds an address, a place is forgotten after 180 days, and an account has 100 at most', async () => {
  const ada = await users.signUp()
  await users.resources.signIns.note(ada.id, '203.0.113.200')
  for (let place = 0; place < 101; place++) {
    users.pass(1)
    await users.resources.signIns.note(ada.id, `203.0.113.${place}`)
  }
  const count = () => users.resources.prisma.knownNetwork.count({ where: { userId: ada.id } })
  expect(await count()).toBe(100)
  const rows = await users.resources.prisma.$queryRawUnsafe<{ row: string }[]>(
    'SELECT t::text AS row FROM known_network t',
  )
  expect(rows.filter(({ row }) => row.includes('203.0.113'))).toEqual([])
  users.pass(180 * 24 * 3_600_000)
  await users.resources.signIns.note(ada.id, '203.0.113.100')
  users.pass(1)
  await users.runTimer('forget-networks')
  expect(await count()).toBe(1)
})
