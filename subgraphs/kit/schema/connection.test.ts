import { describe, expect, test } from 'vitest'
import { connectionOf, encodeCursor, pageArgs } from './connection.ts'

const rows = Array.from({ length: 5 }, (_, index) => ({ id: `r${index}`, rank: index }))
const cursorOf = (row: { id: string; rank: number }) => [row.rank, row.id]

describe('page arguments', () => {
  test.each([0, -1, 101, 2 ** 31 - 1])('first: %s is refused with the value', (first) => {
    expect(() => pageArgs({ first })).toThrow(`first is ${first}: allowed is 1 to 100`)
  })

  test('nothing asked for means the standard size', () => {
    expect(pageArgs({ first: null, after: null }, { first: 8 })).toEqual({ first: 8, after: null })
    expect(pageArgs({})).toEqual({ first: 20, after: null })
    expect([1, 100].map((first) => pageArgs({ first }).first)).toEqual([1, 100])
  })

  test.each([
    ['no base64', '%%%'],
    ['no JSON', Buffer.from('{').toString('base64url')],
    ['another shape', Buffer.from('{"a":1}').toString('base64url')],
    ['an object in it', Buffer.from('["rank",{}]').toString('base64url')],
    ['another sort', encodeCursor('title', [1, 'r1'])],
    ['no position', encodeCursor('rank', [])],
    ['an infinite number', Buffer.from('["rank",1e999]').toString('base64url')],
    ['empty', ''],
  ])('a cursor with %s is refused with the value', (_, after) => {
    expect(() => pageArgs({ after }, { sort: 'rank' })).toThrow(
      `after is ${JSON.stringify(after)}: allowed is a cursor`,
    )
  })
})

describe('connections', () => {
  test('the extra row shows that another page follows, and is not returned', () => {
    const page = pageArgs({ first: 2 }, { sort: 'rank' })
    const connection = connectionOf(rows.slice(0, 3), page, { sort: 'rank', cursorOf })
    expect(connection.edges.map((edge) => edge.node.id)).toEqual(['r0', 'r1'])
    expect(connection.pageInfo).toEqual({
      ...{ hasNextPage: true, hasPreviousPage: false },
      ...{ startCursor: encodeCursor('rank', [0, 'r0']), endCursor: encodeCursor('rank', [1, 'r1']) },
    })
    const last = connectionOf(rows.slice(0, 2), page, { sort: 'rank', cursorOf })
    expect(last.pageInfo.hasNextPage).toBe(false)
  })

  test('a cursor brings the page back to where it was', () => {
    const first = connectionOf(rows.slice(0, 3), pageArgs({ first: 2 }, { sort: 'rank' }), {
      sort: 'rank',
      cursorOf,
    })
    const next = pageArgs({ first: 2, after: first.pageInfo.endCursor }, { sort: 'rank' })
    expect(next.after).toEqual([1, 'r1'])
    expect(connectionOf(rows.slice(2, 3), next, { cursorOf }).pageInfo).toMatchObject({
      hasNextPage: false,
      hasPreviousPage: true,
    })
  })

  test('an empty page has no cursors', () => {
    expect(connectionOf([], pageArgs({}), { cursorOf }).pageInfo).toEqual({
      hasNextPage: false,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    })
  })
})
