import type { Decision } from '@argyle/kit/decision'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { expect, test } from 'vitest'
import { edit, maySee, moderate, type Opinion, type Review, remove, submit, voteFor } from './review.ts'
import { aReview } from './testing/a-review.ts'

const now = new Date('2026-11-21T12:00:00.000Z')
const clean: Opinion = { rating: 5, title: null, body: 'Soft, and the heel sits where it should.' }
const suspicious: Opinion = { rating: 1, title: null, body: 'Cheaper ones at www.example.com' }
const suspiciousTitle: Opinion = { ...clean, title: 'Cheaper ones at www.example.com' }

function refusals(decision: Decision<Review, { __typename: string; message: string }>): string[] {
  return decision.ok ? [] : decision.errors.map((error) => error.__typename)
}

function accepted(decision: Decision<Review, unknown>): Review {
  if (!decision.ok) throw new Error(`refused: ${JSON.stringify(decision.errors)}`)
  return decision.value
}

const unwatched = { now, isWatched: false }

test('a clean review is published at once', () => {
  const ids = { id: newId('rev'), productId: newId('prd'), authorId: newId('usr') }
  expect(submit(ids, clean, { now, isWatched: false })).toEqual({
    ...ids,
    ...clean,
    authorName: null,
    status: 'PUBLISHED',
    version: 1,
    helpfulCount: 0,
    createdAt: now,
    updatedAt: now,
  })
})

test('a suspicious review waits for a moderator', () => {
  const ids = { id: newId('rev'), productId: newId('prd'), authorId: newId('usr') }
  expect(submit(ids, suspicious, { now, isWatched: false }).status).toBe('PENDING')
  expect(submit(ids, suspiciousTitle, { now, isWatched: false }).status).toBe('PENDING')
  expect(submit(ids, clean, { now, isWatched: true }).status).toBe('PENDING')
})

test.each([
  ['a published review edited to a suspicious text waits', 'PUBLISHED', suspicious, 'PENDING'],
  ['a published review edited to a suspicious title waits', 'PUBLISHED', suspiciousTitle, 'PENDING'],
  ['a published review edited to a clean text stays published', 'PUBLISHED', clean, 'PUBLISHED'],
  ['a pending review edited to a clean text is published', 'PENDING', clean, 'PUBLISHED'],
  ['a rejected review edited to a suspicious text waits again', 'REJECTED', suspicious, 'PENDING'],
] as const)('%s', (_, status, opinion, expected) => {
  const review = aReview({ status, version: 3 })
  const edited = accepted(edit(review, { authorId: review.authorId, expectedVersion: 3, opinion }, unwatched))
  expect(edited).toEqual({ ...review, ...opinion, status: expected, version: 4, updatedAt: now })
})

test("another customer's review is answered as one that does not exist, whatever the version", () => {
  const review = aReview({ version: 2 })
  const missing = {
    __typename: 'ValidationError',
    message: `there is no review "${review.id}"`,
    path: ['id'],
  }
  for (const expectedVersion of [1, 2]) {
    const change = { authorId: newId('usr'), expectedVersion }
    expect(edit(review, { ...change, opinion: clean }, unwatched)).toEqual({ ok: false, errors: [missing] })
    expect(remove(review, change)).toEqual({ ok: false, errors: [missing] })
  }
})

test('an edit or a removal of a stale version is refused with the current one', () => {
  const review = aReview({ version: 2 })
  const change = { authorId: review.authorId, expectedVersion: 1 }
  const conflict = [expect.objectContaining({ __typename: 'VersionConflictError', currentVersion: 2 })]
  expect(edit(review, { ...change, opinion: clean }, unwatched)).toEqual({ ok: false, errors: conflict })
  expect(remove(review, change)).toEqual({ ok: false, errors: conflict })
})

test('an edit waits for a moderator if one has taken down a review of the author', () => {
  const review = aReview({ status: 'REJECTED' })
  const change = { authorId: review.authorId, expectedVersion: 1, opinion: clean }
  expect(accepted(edit(review, change, { now, isWatched: true })).status).toBe('PENDING')
})

test.each([
  ['PENDING', 'PUBLISH', 'PUBLISHED'],
  ['PENDING', 'REJECT', 'REJECTED'],
  ['PUBLISHED', 'REJECT', 'REJECTED'],
  ['REJECTED', 'PUBLISH', 'PUBLISHED'],
] as const)('a %s review with the verdict %s is %s', (before, verdict, status) => {
  const review = aReview({ status: before })
  const decided = accepted(moderate(review, { verdict, expectedVersion: 1 }, now))
  expect(decided).toEqual({ ...review, status, version: 2, updatedAt: now })
})

test.each([
  ['PUBLISHED', 'PUBLISH', 'REJECT'],
  ['REJECTED', 'REJECT', 'PUBLISH'],
] as const)(
  'a %s review cannot have the verdict %s again, and the error says so',
  (status, verdict, other) => {
    const review = aReview({ status })
    const message = `review "${review.id}" is ${status} already: allowed is the verdict ${other}`
    // A moderator who is late learns the status, not the version alone.
    for (const expectedVersion of [1, 7])
      expect(moderate(review, { verdict, expectedVersion }, now)).toEqual({
        ok: false,
        errors: [{ __typename: 'NotPendingError', message, path: ['id'], status }],
      })
  },
)

test('a text that was edited after the moderator read it is not published', () => {
  const review = aReview({ status: 'PENDING', version: 2 })
  const decision = moderate(review, { verdict: 'PUBLISH', expectedVersion: 1 }, now)
  expect(refusals(decision)).toEqual(['VersionConflictError'])
})

test('a customer votes for a published review by someone else, and for no other', () => {
  const review = aReview()
  expect(accepted(voteFor(review, newId('usr')))).toBe(review)
  expect(voteFor(review, review.authorId)).toMatchObject({
    errors: [
      { message: `reviewId is "${review.id}", your own review: allowed is a review by another customer` },
    ],
  })
  for (const status of ['PENDING', 'REJECTED'] as const)
    for (const customer of [newId('usr'), review.authorId])
      expect(voteFor({ ...review, status }, customer)).toEqual({
        ok: false,
        errors: [
          { __typename: 'ValidationError', message: `there is no review "${review.id}"`, path: ['reviewId'] },
        ],
      })
})

test('an unpublished review is visible to its author and to moderators', () => {
  const user = (id: string, ...scopes: string[]): Viewer => {
    return { kind: 'user', id, sessionId: 'ses', scopes: new Set(['self', ...scopes]) }
  }
  for (const review of [aReview({ status: 'REJECTED' }), aReview({ status: 'PENDING' })]) {
    expect(maySee(user(review.authorId), review)).toBe(true)
    expect(maySee(user(newId('usr'), 'reviews:moderate'), review)).toBe(true)
    expect(maySee(user(newId('usr')), review)).toBe(false)
    expect(maySee(anonymous, review)).toBe(false)
  }
  expect(maySee(anonymous, aReview({ status: 'PUBLISHED' }))).toBe(true)
})
