import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type BareDatabase, bareDatabase } from '../testing/bare-database.ts'
import { auditConnection, recordChange } from './audit.ts'

let database: BareDatabase
beforeAll(async () => {
  database = await bareDatabase()
  const table = await readFile(new URL('audit.sql', import.meta.url), 'utf8')
  for (const statement of table.split(/;\n/).filter((text) => text.trim() !== '')) {
    await database.prisma.$executeRawUnsafe(statement)
  }
})
afterAll(() => database.drop())

const at = new Date('2026-11-21T09:00:00.000Z')
const change = { actorId: 'usr_1', action: 'setRate', subjectId: 'tax_1', before: null, after: null, at }

test('changes come in pages, the newest first, of everything or of one thing', async () => {
  await recordChange(database.prisma, { ...change, after: { minor: 12n } })
  await recordChange(database.prisma, { ...change, subjectId: 'tax_2', before: { a: 1 } })
  await recordChange(database.prisma, { ...change, at: new Date(at.getTime() + 1), before: { minor: 12n } })

  const first = await auditConnection(database.prisma, { first: 2, after: null }, null)
  expect(first.edges.map(({ node }) => [node.subjectId, node.before, node.after])).toEqual([
    ['tax_1', '{"minor": "12"}', null],
    ['tax_2', '{"a": 1}', null],
  ])
  expect(first.pageInfo).toMatchObject({ hasNextPage: true, hasPreviousPage: false })
  expect(first.edges[1]?.node).toMatchObject({ actorId: 'usr_1', action: 'setRate', at })
  const rest = { first: 2, after: [at.toISOString(), first.edges[1]?.node.id ?? ''] }
  const last = await auditConnection(database.prisma, rest, null)
  // Those of one instant are sorted by their ids.
  expect(last.edges.map(({ node }) => [node.subjectId, node.after])).toEqual([['tax_1', '{"minor": "12"}']])
  expect(last.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: true })
  // A transaction that began earlier is logged later.
  await recordChange(database.prisma, { ...change, subjectId: 'tax_3', at: new Date(at.getTime() - 1) })
  const all = await auditConnection(database.prisma, { first: 9, after: null }, null)
  expect(all.edges.map(({ node }) => node.subjectId)).toEqual(['tax_1', 'tax_2', 'tax_1', 'tax_3'])
  expect((await auditConnection(database.prisma, { first: 9, after: null }, 'tax_1')).edges).toHaveLength(2)
})

test('a cursor of another list is refused', async () => {
  const page = { first: 2, after: ['x', 'prd_1'] }
  await expect(auditConnection(database.prisma, page, null)).rejects.toThrow('allowed is a cursor')
})

test.each([
  ['', '""'],
  ['x\u0000y', '"x\\u0000y"'],
  ['tax 1', '"tax 1"'],
  ['x'.repeat(101), '(101 characters)'],
])('the subject id %j, which no row has, is refused', async (subjectId, says) => {
  const asked = auditConnection(database.prisma, { first: 2, after: null }, subjectId)
  await expect(asked).rejects.toThrow(says)
  await expect(asked).rejects.toMatchObject({ extensions: { code: 'BAD_USER_INPUT' } })
})

test('a subject id of 100 characters, and one with signs, is looked up', async () => {
  const page = { first: 2, after: null }
  for (const subjectId of ['x'.repeat(100), 'tax:DE.a-b_1'])
    expect((await auditConnection(database.prisma, page, subjectId)).edges).toEqual([])
})
