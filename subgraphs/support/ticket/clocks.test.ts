import { expect, test } from 'vitest'
import { after, OPENED, TARGET } from '../testing/a-ticket.ts'
import { mark, missed, nextBreach, nextDue, pause, respond, resume, retarget, startClocks } from './clocks.ts'

const clocks = startClocks(TARGET, OPENED)

test('both clocks start when the ticket is opened, and the earlier deadline is due next', () => {
  expect(clocks).toMatchObject({ firstResponseDueAt: after(60), resolutionDueAt: after(600), pausedAt: null })
  expect([nextDue(clocks), nextBreach(clocks)]).toEqual([after(60), after(60)])
})

test('the first answer ends its clock for good', () => {
  const answered = respond(clocks, after(30))
  expect(answered.firstRespondedAt).toEqual(after(30))
  expect(respond(answered, after(40))).toBe(answered)
  expect(nextDue(answered)).toEqual(after(600))
})

test('the resolution pauses while the customer is waited for: its deadline moves by the length of the pause', () => {
  const paused = pause(respond(clocks, after(30)), after(30))
  expect([nextDue(paused), nextBreach(paused), missed(paused, after(9_000))]).toEqual([null, null, []])
  expect(pause(paused, after(50))).toBe(paused)
  const resumed = resume(paused, after(130))
  expect(resumed).toMatchObject({
    pausedAt: null,
    resolutionDueAt: after(700),
    firstResponseDueAt: after(60),
  })
  expect(resume(resumed, after(140))).toBe(resumed)
})

test('a ticket that was resolved without an answer gets the rest of its time when it is opened again', () => {
  const resumed = resume(pause(clocks, after(10)), after(110))
  expect(resumed).toMatchObject({ firstResponseDueAt: after(160), resolutionDueAt: after(700) })
})

test('a clock that goes back does not shorten a deadline', () => {
  expect(resume(pause(clocks, after(10)), after(5)).resolutionDueAt).toEqual(after(600))
})

test('a deadline is missed at its instant, not before, and is marked once', () => {
  expect(missed(clocks, new Date(after(60).getTime() - 1))).toEqual([])
  const first = missed(clocks, after(60))
  expect(first).toEqual([{ clock: 'FIRST_RESPONSE', dueAt: after(60) }])
  const marked = mark(clocks, first)
  expect(marked.firstResponseBreachedAt).toEqual(after(60))
  expect([missed(marked, after(61)), nextBreach(marked), nextDue(marked)]).toEqual([
    [],
    after(600),
    after(60),
  ])
  const both = mark(marked, missed(marked, after(600)))
  expect([both.resolutionBreachedAt, nextBreach(both)]).toEqual([after(600), null])
  expect(mark(both, [])).toBe(both)
  const resolution = { clock: 'RESOLUTION' as const, dueAt: after(600) }
  expect(mark(mark(clocks, [resolution]), first)).toEqual(both)
})

test('another priority moves both deadlines by the difference of the targets, the pauses kept', () => {
  const paused = resume(pause(respond(clocks, after(30)), after(30)), after(130))
  const urgent = retarget(paused, { firstResponseMinutes: 10, resolutionMinutes: 100 })
  expect(urgent).toMatchObject({ firstResponseDueAt: after(10), resolutionDueAt: after(200) })
  expect(retarget(urgent, TARGET)).toEqual(paused)
})
