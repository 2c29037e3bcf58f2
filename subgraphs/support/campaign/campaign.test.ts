import { describe, expect, test } from 'vitest'
import { type CampaignContent, cancel, draft, rewrite, schedule, throttleOf } from './campaign.ts'

const now = new Date('2026-11-28T12:00:00.000Z')
const text = { title: 'Warm feet', body: 'A word.', actionLabel: 'See' }
const content: CampaignContent = {
  name: 'Winter',
  segmentId: 'seg_1',
  variants: [{ variant: 'A', english: text, german: text }],
  linkPath: '/',
  couponBasisPoints: null,
  couponValidDays: null,
  controlPercent: 10,
  messagesPerMinute: 600,
  attributionDays: 7,
}
const campaign = draft('cmp_1', content, now)
const later = (ms: number) => new Date(now.getTime() + ms)

test('a draft is rewritten, scheduled, and cancelled', () => {
  expect(rewrite(campaign, 1, { ...content, name: 'Spring' }, now)).toMatchObject({
    value: { name: 'Spring', version: 2, status: 'DRAFT' },
  })
  expect(schedule(campaign, 1, null, now)).toMatchObject({
    value: { status: 'SCHEDULED', startsAt: now, dueAt: now },
  })
  expect(cancel(campaign, 1, now)).toMatchObject({
    value: { status: 'CANCELLED', dueAt: null, finishedAt: now },
  })
})

const STATUSES = ['DRAFT', 'SCHEDULED', 'SENDING', 'SENT', 'CANCELLED'] as const
describe.each(STATUSES)('%s', (status) => {
  const given = { ...campaign, status }
  test.each([
    ['rewrite', () => rewrite(given, 1, content, now), ['DRAFT']],
    ['schedule', () => schedule(given, 1, null, now), ['DRAFT']],
    ['cancel', () => cancel(given, 1, now), ['DRAFT', 'SCHEDULED', 'SENDING']],
  ] as const)('%s', (_, decide, allowed) => {
    const decision = decide()
    if ((allowed as readonly string[]).includes(status)) expect(decision.ok).toBe(true)
    else expect(decision).toMatchObject({ errors: [{ __typename: 'CampaignStatusError', status }] })
  })
})

test('an outdated version is refused before the status is looked at', () => {
  expect(cancel({ ...campaign, status: 'SENT' }, 2, now)).toMatchObject({
    errors: [{ __typename: 'VersionConflictError', currentVersion: 1 }],
  })
})

test.each([
  [-1, false],
  [0, true],
  [366 * 86_400_000, true],
  [366 * 86_400_000 + 1, false],
])('a start in %i ms', (ms, isAllowed) => {
  const decision = schedule(campaign, 1, later(ms), now)
  if (isAllowed) expect(decision.ok).toBe(true)
  else
    expect(decision).toMatchObject({
      errors: [{ path: ['startsAt'], message: expect.stringContaining(later(ms).toISOString()) }],
    })
})

test.each([1, 59, 60, 61, 600, 1_000, 6_000])('%i messages a minute are not exceeded', (rate) => {
  const { count, pauseMs } = throttleOf(rate)
  expect((count / pauseMs) * 60_000).toBeLessThanOrEqual(rate)
  expect((count / pauseMs) * 60_000).toBeGreaterThan(rate * 0.99)
  expect(count).toBeLessThanOrEqual(100)
  expect(pauseMs).toBeGreaterThanOrEqual(1_000)
})
