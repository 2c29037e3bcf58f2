import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { expectPages } from '@argyle/kit/testing/past-events'
import { reverseRows, sequentialDatabase } from '@argyle/kit/testing/row-order'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { history } from './history.ts'
import { MAX_SESSIONS } from './session/session.ts'
import { ADD, anAddress } from './testing/address-book.ts'
import { openUsers, type SignedUp, type TestUsers } from './testing/open-users.ts'

// Each order is tested with rows that are stored in another one, and again after their order was reversed. The clock stands still, so that
// all rows of a list have one instant.

let users: TestUsers
let database: Awaited<ReturnType<typeof sequentialDatabase>>
let ada: SignedUp
const accountIds: string[] = []
const addressIds: string[] = []
beforeAll(async () => {
  database = await sequentialDatabase('users')
  users = await openUsers({ database })
  ada = await users.signUp()
  accountIds.push(ada.id)
  for (let number = 0; number < 3; number++) {
    accountIds.push((await users.signUp()).id)
    const { data } = await users.execute(ADD, { input: anAddress() }, ada.viewer)
    addressIds.push(data.addAddress.address.id)
  }
  // The history has also who was staff once, whose address is verified, and who is gone.
  const { account, auditEntry, deletedAccount } = users.resources.prisma
  const at = users.now()
  await account.updateMany({ where: { id: { in: accountIds } }, data: { emailVerifiedAt: at } })
  for (const [place, id] of accountIds.entries()) {
    const change = { at, actorId: 'operator', action: place < 3 ? 'revokeRole' : 'grantRole', subjectId: id }
    await auditEntry.create({ data: { ...change, id: `aud_${place}` } })
    await deletedAccount.create({ data: { userId: `usr_${place}`, version: 2, deletedAt: at } })
  }
})
afterAll(() => users.close())
expectEarlierRowsKept(() => users, ['account ('])

describe.each(['stored', 'reversed'])('rows as %s', (order) => {
  const reverse = async () => {
    if (order === 'reversed') await reverseRows(database)
  }
  beforeEach(reverse)

  test('accounts: the newest first', async () => {
    const admin = await users.promote(ada.id)
    await reverse()
    const ids: string[] = []
    for (let after: string | null = null, isMore = true; isMore; ) {
      const query = `{ users(first: 2, after: ${JSON.stringify(after)}) { edges { node { id } } pageInfo { hasNextPage endCursor } } }`
      const { data } = await users.execute(query, {}, admin)
      ids.push(...data.users.edges.map(({ node }: { node: { id: string } }) => node.id))
      isMore = data.users.pageInfo.hasNextPage
      after = data.users.pageInfo.endCursor
    }
    expect(ids.filter((id) => accountIds.includes(id))).toEqual(accountIds.toReversed())
  })

  test('the history: each part by its ids, page by page, and since a time', async () => {
    // An address book is for orders, all other parts are for support.
    await expectPages(history.slice(0, -1), users.resources, 'support')
    await expectPages(history.slice(-1), users.resources, 'orders')
    const page = { after: null, limit: 100, since: null, recipient: 'support' }
    const roles = (await Promise.all(history.map((part) => part(users.resources, page)))).flat()
    const ids = roles.filter(({ event }) => event.type === 'users.roles.changed').map(({ cursor }) => cursor)
    // Those whose roles were revoked; a role that was granted is gone from the row, as in a restored copy.
    expect(ids.filter((id) => accountIds.includes(id) && id !== ada.id)).toEqual(accountIds.slice(1, 3))
  })

  test('addresses: the oldest first', async () => {
    const { data } = await users.execute('{ me { addresses { id } } }', {}, ada.viewer)
    expect(data.me.addresses.map(({ id }: { id: string }) => id)).toEqual(addressIds)
  })

  test('a further session takes the place of the one that was used longest ago, of one instant the oldest', async () => {
    const { id: userId, email } = await users.signUp()
    const { prisma } = users.resources
    const [first] = await prisma.session.findMany({ where: { userId } })
    const ofOneInstant = Array.from({ length: MAX_SESSIONS }, () => newId('ses'))
    const { id: _, ...row } = first ?? {
      id: '',
      userId,
      createdAt: users.now(),
      lastUsedAt: users.now(),
      expiresAt: users.now(),
    }
    await prisma.session.createMany({ data: ofOneInstant.map((id) => ({ ...row, id })) })
    await reverse()
    await users.signIn(email)
    const kept = await prisma.session.findMany({ where: { userId, endedAt: null } })
    // The new one, and the newest of the others.
    expect(kept).toHaveLength(MAX_SESSIONS)
    expect(kept.map(({ id }) => id)).toEqual(expect.arrayContaining(ofOneInstant.slice(1)))
    const shown = await users.resources.sessions.activeOf([userId])
    expect(shown.map(({ id }) => id)).toEqual(
      kept
        .map(({ id }) => id)
        .toSorted()
        .toReversed(),
    )
  })

  test('a place takes the room of the one that was used longest ago', async () => {
    const { id: userId } = await users.signUp()
    const { prisma, signIns } = users.resources
    const places = Array.from({ length: 101 }, (_, number) => number)
    // The three in the middle are the oldest, and the last of them is used again.
    const ageOf = (place: number) => (place >= 50 && place < 53 ? 9_000 + place : place)
    await prisma.knownNetwork.createMany({
      data: places.map((place) => ({
        userId,
        hash: Uint8Array.of(place),
        usedAt: new Date(users.now().getTime() - ageOf(place)),
      })),
    })
    await reverse()
    await signIns.note(userId, '203.0.113.9')
    const kept = await prisma.knownNetwork.findMany({ where: { userId } })
    const gone = places.filter((place) => !kept.some(({ hash }) => hash.length === 1 && hash[0] === place))
    expect(gone).toEqual([51, 52])
  })

  test('links are made in the order of their requests, more than a batch of them', async () => {
    const { id: userId, email } = await users.signUp()
    const requests = Array.from({ length: 60 }, () => newId('lnk'))
    await users.resources.prisma.linkRequest.createMany({
      data: requests.map((id) => ({
        id,
        purpose: 'RESET_PASSWORD',
        email,
        userId: null,
        requestedAt: users.now(),
      })),
    })
    await reverse()
    await users.runTimer('make-links')
    const published = (await users.outbox()).filter(({ type, data }) => {
      // The data of each message about a link names its account.
      return type === 'users.link.made' && (data as { userId: string }).userId === userId
    })
    expect(published.map(({ subject }) => subject)).toEqual(requests)
  })
})
