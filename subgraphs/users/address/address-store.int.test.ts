import { readFileSync } from 'node:fs'
import { envelopeSchema } from '@argyle/kit/envelope'
import type { Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { withCopies } from '@argyle/kit/testing/copies'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { users as definition } from '../subgraph.ts'
import { ADD, anAddress, REMOVE, UPDATE } from '../testing/address-book.ts'
import { openUsers, type TestUsers } from '../testing/open-users.ts'
import { MAX_ADDRESSES } from './address.ts'

const copies = withCopies(definition, ['orders'])
let users: TestUsers
beforeAll(async () => {
  users = await openUsers({ definition: copies.definition })
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users)

async function add(viewer: Viewer, over: object = {}) {
  const { data } = await users.execute(ADD, { input: anAddress(over) }, viewer)
  return data.addAddress
}
async function update(viewer: Viewer, input: object) {
  return (await users.execute(UPDATE, { input }, viewer)).data.updateAddress
}
async function remove(viewer: Viewer, input: object) {
  return (await users.execute(REMOVE, { input }, viewer)).data.removeAddress
}
async function bookOf(viewer: Viewer) {
  const { data } = await users.execute('{ me { addresses { id city isDefault version } } }', {}, viewer)
  return data.me.addresses
}
const publishedAbout = async (id: string) => (await users.outbox()).filter(({ subject }) => subject === id)

function sampleOf(type: string) {
  const file = new URL(`../event-samples/${type}.json`, import.meta.url)
  return envelopeSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

test('each change of the book is answered once checkout has it', async () => {
  const { viewer } = await users.signUp()
  const input = anAddress()
  expect(await copies.waits(() => users.execute(ADD, { input }, viewer))).toBe(1)
  // A repeated request and a change to the same publish nothing.
  expect(await copies.waits(() => users.execute(ADD, { input }, viewer))).toBe(0)
  const [{ id: addressId }] = await bookOf(viewer)
  expect(await copies.waits(() => update(viewer, { addressId, expectedVersion: 1, city: 'York' }))).toBe(1)
  expect(await copies.waits(() => update(viewer, { addressId, expectedVersion: 2, city: 'York' }))).toBe(0)
  expect(await copies.waits(() => remove(viewer, { addressId, expectedVersion: 2 }))).toBe(1)
})

test('an address is added, changed and removed, and each event has the fields of its sample', async () => {
  const { viewer, id: userId } = await users.signUp()
  const { address } = await add(viewer)
  expect(address).toMatchObject({ city: 'Leeds', line2: null, isDefault: false, version: 1 })
  const changed = await update(viewer, {
    addressId: address.id,
    expectedVersion: 1,
    city: 'York',
    line2: 'Flat 3',
  })
  expect(changed).toMatchObject({
    address: { city: 'York', line2: 'Flat 3', line1: '1 Loom Lane', version: 2 },
  })
  const removed = await remove(viewer, { addressId: address.id, expectedVersion: 2 })
  expect(removed).toEqual({ removedAddressId: address.id, userErrors: [] })
  expect(await bookOf(viewer)).toEqual([])
  const published = await publishedAbout(address.id)
  expect(published).toMatchObject([
    { type: 'users.address.saved', sequence: 1, data: { userId, city: 'Leeds', line2: null } },
    { type: 'users.address.saved', sequence: 2, data: { userId, city: 'York', line2: 'Flat 3' } },
    { type: 'users.address.removed', sequence: 3, data: { userId, addressId: address.id } },
  ])
  for (const { type, data } of published) {
    expect(Object.keys(data as object).sort()).toEqual(Object.keys(sampleOf(type).data as object).sort())
  }
})

test('each field of an address is kept as it was given, and as it was edited', async () => {
  const { viewer } = await users.signUp()
  const given = {
    ...{ recipient: 'Bob', line1: '2 Mill Road', line2: 'Flat 3', city: 'Hull', region: 'Yorkshire' },
    ...{ postalCode: 'HU1 1AA', countryCode: 'GB', isDefault: false },
  }
  const edited = {
    ...{ recipient: 'Ada', line1: '3 Rue du Bas', line2: 'Porte 4', city: 'Lyon', region: 'Rhône' },
    ...{ postalCode: '69001', countryCode: 'FR', isDefault: true },
  }
  const kept = async () => {
    const fields = Object.keys(given).join(' ')
    return (await users.execute(`{ me { addresses { ${fields} } } }`, {}, viewer)).data.me.addresses
  }
  const { address } = await add(viewer, given)
  expect(await kept()).toEqual([given])
  await update(viewer, { addressId: address.id, expectedVersion: 1, ...edited })
  expect(await kept()).toEqual([edited])
})

test('addresses of one instant are in the order in which they were added, also after a change', async () => {
  const { viewer } = await users.signUp()
  const added = [await add(viewer), await add(viewer), await add(viewer)].map(({ address }) => address.id)
  await update(viewer, { addressId: added[0], expectedVersion: 1, city: 'York' })
  // A table that is known to be small is read as it lies: the order is that of the statement alone.
  await users.resources.prisma.$executeRaw`ANALYZE address`
  expect((await bookOf(viewer)).map(({ id }: { id: string }) => id)).toEqual(added)
})

test('the same request again, even at once, adds no second address', async () => {
  const { viewer } = await users.signUp()
  const idempotencyKey = newId('key')
  const answers = await users.manyAtOnce(4, () => add(viewer, { idempotencyKey }))
  expect(new Set(answers.map(({ address }) => address.id)).size).toBe(1)
  expect(await bookOf(viewer)).toHaveLength(1)
  expect(await publishedAbout(answers[0].address.id)).toHaveLength(1)
  const other = await add(viewer, { idempotencyKey, city: 'York' })
  expect(other).toMatchObject({ address: null, userErrors: [{ __typename: 'IdempotencyKeyReusedError' }] })
  // A repeated request gets the address as it is now.
  const addressId = answers[0].address.id
  await update(viewer, { addressId, expectedVersion: 1, city: 'Hull' })
  const now = { id: addressId, city: 'Hull', version: 2 }
  expect(await add(viewer, { idempotencyKey })).toMatchObject({ address: now, userErrors: [] })
})

test('one key means nothing to another account', async () => {
  const [ada, bob] = [await users.signUp(), await users.signUp()]
  const idempotencyKey = newId('key')
  const [first, second] = [
    await add(ada.viewer, { idempotencyKey }),
    await add(bob.viewer, { idempotencyKey }),
  ]
  expect(first.address.id).not.toBe(second.address.id)
})

test('a book has one default at most, though two are made it at once', async () => {
  const { viewer } = await users.signUp()
  const other = (await users.signUp()).viewer
  await add(other, { isDefault: true })
  const first = (await add(viewer, { isDefault: true })).address
  await users.manyAtOnce(2, () => add(viewer, { isDefault: true }))
  const book = await bookOf(viewer)
  expect(book.filter(({ isDefault }: { isDefault: boolean }) => isDefault)).toHaveLength(1)
  // Losing the default is not a change of the address itself.
  expect(book[0]).toEqual({ id: first.id, city: 'Leeds', isDefault: false, version: 1 })
  expect(await bookOf(other)).toMatchObject([{ isDefault: true }])
  await update(viewer, { addressId: first.id, expectedVersion: 1, isDefault: true })
  expect((await bookOf(viewer)).map(({ isDefault }: { isDefault: boolean }) => isDefault)).toEqual([
    true,
    false,
    false,
  ])
})

test('a book ends at its limit, though many are added at once', async () => {
  const { viewer } = await users.signUp()
  const answers = await users.manyAtOnce(MAX_ADDRESSES + 5, () => add(viewer))
  const refused = answers.filter(({ address }) => address === null)
  expect(refused).toHaveLength(5)
  expect(refused[0].userErrors).toMatchObject([{ __typename: 'ValidationError', path: null }])
  expect(await bookOf(viewer)).toHaveLength(MAX_ADDRESSES)
})

test('of two changes to one version one wins, and the other learns the current version', async () => {
  const { viewer } = await users.signUp()
  const { id: addressId } = (await add(viewer)).address
  const answers = await users.atOnce(
    ['York', 'Hull'].map((city) => () => update(viewer, { addressId, expectedVersion: 1, city })),
  )
  const conflicts = answers.flatMap(({ userErrors }) => userErrors)
  expect(conflicts).toMatchObject([{ __typename: 'VersionConflictError', currentVersion: 2 }])
  expect(await publishedAbout(addressId)).toHaveLength(2)
  const stale = await remove(viewer, { addressId, expectedVersion: 1 })
  expect(stale).toMatchObject({ removedAddressId: null, userErrors: [{ currentVersion: 2 }] })
})

test('somebody else’s address answers as one that does not exist', async () => {
  const [ada, eve] = [await users.signUp(), await users.signUp()]
  const { address } = await add(ada.viewer)
  const missing = newId('adr')
  for (const [mutate, change] of [
    [update, { expectedVersion: 1, city: 'York' }],
    [remove, { expectedVersion: 1 }],
  ] as const) {
    const foreign = await mutate(eve.viewer, { addressId: address.id, ...change })
    const unknown = await mutate(eve.viewer, { addressId: missing, ...change })
    expect(foreign.userErrors).toMatchObject([{ __typename: 'ValidationError', path: ['addressId'] }])
    expect(JSON.stringify(foreign).replaceAll(address.id, missing)).toBe(JSON.stringify(unknown))
  }
  expect(await bookOf(ada.viewer)).toMatchObject([{ id: address.id, city: 'Leeds', version: 1 }])
})

test('a repeated key of an address that was removed since says so', async () => {
  const { viewer } = await users.signUp()
  const idempotencyKey = newId('key')
  const { address } = await add(viewer, { idempotencyKey })
  await remove(viewer, { addressId: address.id, expectedVersion: 1 })
  const again = await add(viewer, { idempotencyKey })
  const error = { __typename: 'ValidationError', path: ['idempotencyKey'] }
  expect(again).toMatchObject({ address: null, userErrors: [error] })
  expect(await bookOf(viewer)).toEqual([])
})
