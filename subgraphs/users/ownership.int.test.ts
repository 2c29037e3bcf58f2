import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { users as definition } from './subgraph.ts'
import { ADD, anAddress } from './testing/address-book.ts'
import { openUsers, type SignedUp, type TestUsers } from './testing/open-users.ts'

let users: TestUsers
let ada: SignedUp
let eve: SignedUp
beforeAll(async () => {
  users = await openUsers()
  ada = await users.signUp()
  eve = await users.signUp()
  await users.execute(ADD, { input: anAddress() }, ada.viewer)
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users, ['signing_key ('])

const support: Viewer = {
  kind: 'user',
  id: newId('usr'),
  sessionId: '',
  scopes: new Set(['self', 'users:read']),
}

/** The router's query for a user that another subgraph refers to. */
async function entity(id: string, fields: string, viewer: Viewer) {
  const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on User { ${fields} } } }`
  const { data, errors } = await users.execute(query, { of: [{ __typename: 'User', id }] }, viewer)
  return { user: data?._entities[0], errors }
}

test('a name is for everybody', async () => {
  const answer = { user: { id: ada.id, displayName: 'Ada' }, errors: [] }
  for (const viewer of [anonymous, eve.viewer, ada.viewer]) {
    expect(await entity(ada.id, 'id displayName', viewer)).toMatchObject(answer)
  }
})

test('the owner and staff read the private side', async () => {
  for (const viewer of [ada.viewer, support]) {
    const { user } = await entity(ada.id, 'email addresses { city }', viewer)
    expect(user).toEqual({ email: ada.email, addresses: [{ city: 'Leeds' }] })
  }
  expect((await entity(ada.id, 'roles', support)).user).toEqual({ roles: ['CUSTOMER'] })
})

test('a customer reads nothing private of another, not even that there is something', async () => {
  const { user, errors } = await entity(ada.id, 'email addresses { city } sessions { id }', eve.viewer)
  expect(user).toEqual({ email: null, addresses: null, sessions: null })
  expect(errors).toEqual([])
})

test('staff reads no sessions: they are the owner’s', async () => {
  expect((await entity(ada.id, 'sessions { id }', support)).user).toEqual({ sessions: null })
})

test.each(['email', 'addresses { id }', 'roles', 'sessions { id }'])(
  'without signing in, %s is refused',
  async (field) => {
    const { user, errors } = await entity(ada.id, field, anonymous)
    expect(Object.values(user)).toEqual([null])
    expect(errors).toMatchObject([{ extensions: { code: 'UNAUTHENTICATED' } }])
  },
)

test('roles are refused to a customer, even the own', async () => {
  for (const viewer of [ada.viewer, eve.viewer]) {
    expect((await entity(ada.id, 'roles', viewer)).errors).toMatchObject([
      { extensions: { code: 'FORBIDDEN' } },
    ])
  }
})

test.each(['user(id: "usr_019aa5c2-8c00-7000-8000-0000000000d1") { id }', 'users { totalCount }'])(
  'the staff query %s is refused to a customer',
  async (field) => {
    const { data, errors } = await users.execute(`{ ${field} }`, {}, eve.viewer)
    expect(Object.values(data)).toEqual([null])
    expect(errors).toMatchObject([{ extensions: { code: 'FORBIDDEN' } }])
  },
)

test('nobody is null, to everybody', async () => {
  for (const id of [newId('usr'), 'usr_1', '', 'usr_\0', "' OR 1=1 --", newId('prd')]) {
    for (const viewer of [anonymous, eve.viewer, support]) {
      expect(await entity(id, 'id displayName', viewer)).toEqual({ user: null, errors: [] })
    }
  }
})

test('a viewer whose account is gone is nobody', async () => {
  const gone: Viewer = { kind: 'user', id: newId('usr'), sessionId: newId('ses'), scopes: new Set(['self']) }
  expect((await users.execute('{ me { id } }', {}, gone)).data).toEqual({ me: null })
})

test('the timers of users, with their periods', () => {
  const [SECOND, HOUR] = [1_000, 3_600_000]
  const { 'make-links': makeLinks, ...cleanups } = users.timers
  expect(makeLinks).toBe(SECOND)
  expect(cleanups).toEqual({
    'forget-copy-progress': HOUR,
    'rotate-signing-keys': HOUR,
    'forget-sessions': HOUR,
    'forget-links': HOUR,
    'forget-networks': HOUR,
    'forget-throttles': HOUR,
  })
})

test('links are due as soon as one is requested', async () => {
  const { due } = definition.timers?.find(({ name }) => name === 'make-links') ?? {}
  const rows = () => users.resources.prisma.$queryRawUnsafe<unknown[]>(due ?? '')
  expect(await rows()).toEqual([])
  await users.resources.links.request('RESET_PASSWORD', ada.email)
  expect(await rows()).toHaveLength(1)
  await users.runTimer('make-links')
  expect(await rows()).toEqual([])
})

test('old progress of copies, full throttles and old keys go with their timers', async () => {
  const { prisma, keys } = users.resources
  const recordedAt = new Date(Date.now() - 3_601_000)
  for (const consumer of ['orders', 'reviews']) {
    const type = consumer === 'orders' ? 'orders.address.applied' : 'reviews.author.applied'
    await users.deliver(type, { copyOf: ada.id, version: 3 })
    const [row] = await prisma.copyProgress.findMany({ where: { subject: ada.id } })
    expect(row).toMatchObject({ version: 3 })
    await prisma.copyProgress.updateMany({ data: { recordedAt } })
    await users.runTimer('forget-copy-progress')
    expect(await prisma.copyProgress.count()).toBe(0)
  }
  await users.signIn(ada.email, 'not my password', '192.0.2.1')
  expect(await prisma.throttle.count()).toBeGreaterThan(0)
  const kids = async () => (await keys.published()).map(({ kid }) => kid)
  const before = await kids()
  users.pass(31 * 24 * 3_600_000)
  await users.runTimer('forget-throttles')
  await users.runTimer('rotate-signing-keys')
  expect(await prisma.throttle.count()).toBe(0)
  expect(await kids()).toHaveLength(before.length + 1)
})

test('fifty references cost as many statements as two', async () => {
  const ids = [ada.id, eve.id, ...Array.from({ length: 48 }, () => newId('usr'))]
  const query = `query ($of: [_Any!]!) {
    _entities(representations: $of) { ... on User { displayName email addresses { city } } } }`
  const references = (count: number) => ({
    of: ids.slice(0, count).map((id) => ({ __typename: 'User', id })),
  })
  const statements = async (count: number) =>
    users.sqlCount(async () => {
      const { data } = await users.execute(query, references(count), support)
      expect(data._entities.slice(0, 2)).toMatchObject([{ email: ada.email }, { email: eve.email }])
    })
  expect(await statements(2)).toBe(2)
  expect(await statements(50)).toBe(2)
})
