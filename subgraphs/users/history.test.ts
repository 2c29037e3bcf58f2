import { expect, test } from 'vitest'
import type { PrismaClient } from './generated/prisma/client.ts'
import { history } from './history.ts'

const AT = new Date('2026-11-21T09:00:00Z')
const ACCOUNT = {
  ...{
    id: 'usr_1',
    email: 'ada@argyle.example',
    displayName: 'Ada',
    roles: ['CUSTOMER', 'SUPPORT'],
    version: 6,
  },
  ...{ createdAt: new Date(0), updatedAt: AT, emailVerifiedAt: new Date(1) },
}
const CONTENT = {
  ...{ recipient: 'Ada', line1: '1 Loom Lane', line2: null, city: 'Leeds', region: null },
  ...{ postalCode: 'LS1 4AP', countryCode: 'GB' },
}
const ADDRESS = {
  ...CONTENT,
  id: 'adr_1',
  userId: 'usr_1',
  isDefault: true,
  version: 3,
  createdAt: new Date(0),
  updatedAt: AT,
}
const DELETED = { userId: 'usr_2', version: 7, deletedAt: AT }

/** A client whose tables have one row each. It records the queries. */
function aClient() {
  const queries: object[] = []
  const table = (row: object) => ({
    findMany: async (query: object) => {
      queries.push(query)
      return [row]
    },
  })
  const tables = { account: table(ACCOUNT), address: table(ADDRESS), deletedAccount: table(DELETED) }
  // The history reads these tables alone.
  const prisma = { ...tables, $queryRaw: async () => [] } as unknown as PrismaClient
  return { prisma, queries }
}

const DELETION = 'users.account.deleted'
test.each([
  [
    'support',
    [
      'users.contact.changed',
      DELETION,
      'users.profile.updated',
      'users.roles.changed',
      'users.email.verified',
    ],
  ],
  ['notifications', ['users.contact.changed', DELETION, 'users.roles.changed', 'users.email.verified']],
  ['orders', [DELETION, 'users.address.saved']],
  ['reviews', [DELETION]],
  ['analytics', [DELETION]],
])('the history for %s has these events, and no other personal data', async (recipient, types) => {
  const page = { after: null, limit: 10, since: null, recipient }
  const parts = await Promise.all(history.map((part) => part(aClient(), page)))
  expect(parts.flat().map(({ event }) => event.type)).toEqual(types)
  // The time of a row is that of its last change.
  for (const { time, cursor, event } of parts.flat()) expect([time, cursor]).toEqual([AT, event.subject])
})

test('the history of addresses has their current contents, with their own times, page by page', async () => {
  const { prisma, queries } = aClient()
  const page = { after: 'adr_0', limit: 10, since: AT, recipient: 'orders' }
  const parts = await Promise.all(history.map((part) => part({ prisma }, page)))
  expect(parts.flat().filter(({ cursor }) => cursor === 'adr_1')).toEqual([
    {
      ...{ cursor: 'adr_1', time: AT },
      event: {
        ...{ type: 'users.address.saved', subject: 'adr_1', sequence: 3 },
        data: { ...CONTENT, addressId: 'adr_1', userId: 'usr_1' },
      },
    },
  ])
  expect(queries.at(-1)).toEqual({
    where: { id: { gt: 'adr_0' }, updatedAt: { gte: AT } },
    orderBy: { id: 'asc' },
    take: 10,
  })
})

test('each part reads the rows after the cursor that changed at or after the given time, by id', async () => {
  for (const recipient of ['support', 'orders']) {
    const { prisma, queries } = aClient()
    for (const part of history) await part({ prisma }, { after: 'usr_0', limit: 10, since: AT, recipient })
    expect(queries.length >= 2).toBe(true)
    for (const query of queries) {
      // Each query of the history has this form.
      const { where, orderBy, take } = query as Record<string, Record<string, unknown>>
      const { id, userId, updatedAt, deletedAt } = where ?? {}
      expect([id ?? userId, updatedAt ?? deletedAt, take]).toEqual([{ gt: 'usr_0' }, { gte: AT }, 10])
      expect(orderBy).toEqual(id === undefined ? { userId: 'asc' } : { id: 'asc' })
    }
  }
})
