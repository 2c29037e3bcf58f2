import { describe, expect, test } from 'vitest'
import { isRequired, KINDS } from './policy.ts'
import {
  acceptsCampaigns,
  change,
  choicesOf,
  type Preferences,
  standingOf,
  type Wishes,
} from './preference.ts'

const now = new Date('2026-11-28T23:30:00.000Z')
const none: Preferences = {
  userId: 'usr_1',
  chosen: [],
  quietHours: null,
  allowsOpenTracking: false,
  digestTime: null,
  isEmailVerified: true,
  version: 1,
}
const quietHours = { from: 22 * 60, until: 7 * 60, timeZone: 'UTC' }
const morning = new Date('2026-11-29T07:00:00.000Z')

describe('what an account has chosen', () => {
  test('is everything, until it turns something off', () => {
    const isUsual = ({ kind, channel }: { kind: string; channel: string }) =>
      channel !== 'SMS' && kind !== 'CAMPAIGN'
    expect(
      choicesOf(none)
        .filter(isUsual)
        .every(({ isEnabled }) => isEnabled),
    ).toBe(true)
    expect(choicesOf(none)).toHaveLength(4 * KINDS.length)
    const choice = { kind: 'ORDER_SHIPPED', channel: 'EMAIL', isEnabled: false } as const
    const changed = change(none, { expectedVersion: 1, choices: [choice, choice] })
    expect(changed).toMatchObject({ ok: true, value: { chosen: [{ kind: 'ORDER_SHIPPED' }], version: 2 } })
    const after = changed.ok ? changed.value : none
    const turnedOff = choicesOf(after).filter((choice) => isUsual(choice) && !choice.isEnabled)
    expect(turnedOff).toEqual([{ ...choice, isRequired: false }])
    const again = change(after, { expectedVersion: 2, choices: [{ ...choice, isEnabled: true }] })
    expect(again).toMatchObject({ value: { chosen: [], version: 3 } })
  })

  test('has text messages where the customer waits or has to act; any other kind is turned on', () => {
    const byText = (preferences: Preferences) =>
      choicesOf(preferences).flatMap(({ kind, channel, isEnabled }) =>
        channel === 'SMS' && isEnabled ? [kind] : [],
      )
    const usual = ['PAYMENT_FAILED', 'PAYMENT_ACTION_NEEDED', 'ORDER_DELIVERED', 'PHONE_VERIFICATION']
    expect(byText(none)).toEqual(usual)
    const choices = [
      { kind: 'ORDER_SHIPPED', channel: 'SMS', isEnabled: true },
      { kind: 'ORDER_DELIVERED', channel: 'SMS', isEnabled: false },
    ] as const
    const changed = change(none, { expectedVersion: 1, choices })
    expect(changed).toMatchObject({ value: { chosen: choices } })
    // It is no consent to campaigns.
    expect(changed.ok && acceptsCampaigns(changed.value)).toBe(false)
    expect(changed.ok && byText(changed.value)).toEqual([
      'PAYMENT_FAILED',
      'PAYMENT_ACTION_NEEDED',
      'ORDER_SHIPPED',
      'PHONE_VERIFICATION',
    ])
  })

  test('to a kind that needs a consent is nothing, until it agrees', () => {
    const choice = { kind: 'CAMPAIGN', channel: 'EMAIL', isEnabled: true } as const
    expect(acceptsCampaigns(none)).toBe(false)
    const agreed = change(none, { expectedVersion: 1, choices: [choice, choice], allowsOpenTracking: true })
    expect(agreed).toMatchObject({ value: { chosen: [choice], allowsOpenTracking: true } })
    const after = agreed.ok ? agreed.value : none
    expect(acceptsCampaigns(after)).toBe(true)
    expect(choicesOf(after)).toContainEqual({ ...choice, isRequired: false })
    const off = { ...choice, isEnabled: false }
    const withdrawn = change(after, { expectedVersion: 2, choices: [off] })
    expect(withdrawn).toMatchObject({ value: { chosen: [], allowsOpenTracking: true } })
    // An account whose address is not verified may keep and withdraw its consent, and not give it.
    const unproved = { ...none, isEmailVerified: false }
    expect(change(unproved, { expectedVersion: 1, choices: [off] }).ok).toBe(true)
    const kept = change({ ...unproved, chosen: [choice] }, { expectedVersion: 1, choices: [choice] })
    expect(kept).toMatchObject({ value: { chosen: [choice] } })
    expect(change(unproved, { expectedVersion: 1, choices: [off, choice] })).toMatchObject({
      errors: [{ path: ['choices', '1', 'isEnabled'] }],
    })
  })

  test('keeps quiet hours that are left out, and loses those that are null', () => {
    const quiet = { ...none, quietHours }
    expect(change(quiet, { expectedVersion: 1 })).toMatchObject({ value: { quietHours } })
    expect(change(quiet, { expectedVersion: 1, quietHours: null })).toMatchObject({
      value: { quietHours: null },
    })
  })

  test('keeps the time of the digest that is left out', () => {
    const digestTime = { hour: 6, timeZone: 'UTC' }
    expect(change({ ...none, digestTime }, { expectedVersion: 1 })).toMatchObject({ value: { digestTime } })
    expect(change({ ...none, digestTime }, { expectedVersion: 1, digestTime: null })).toMatchObject({
      value: { digestTime: null },
    })
  })

  test('keeps its choices and its consent to tracking where they are null', () => {
    const chosen = [{ kind: 'WELCOME', channel: 'EMAIL', isEnabled: false } as const]
    const before = { ...none, chosen, allowsOpenTracking: true }
    const nulls = { choices: null, allowsOpenTracking: null }
    expect(change(before, { expectedVersion: 1, ...nulls })).toEqual({
      ok: true,
      value: { ...before, version: 2 },
    })
  })

  test('is of the version that was read', () => {
    expect(change(none, { expectedVersion: 2 })).toMatchObject({
      errors: [{ __typename: 'VersionConflictError', currentVersion: 1 }],
    })
  })
})

/** E-mails that cannot be turned off, and why. */
const [LAW, CONTRACT, SECURITY] = [
  'it is required by law',
  'the order requires it',
  'it protects the account',
] as const
const WHY: Readonly<Record<string, string>> = {
  ORDER_CONFIRMED: LAW,
  ORDER_CANCELLED: CONTRACT,
  PAYMENT_FAILED: CONTRACT,
  PAYMENT_ACTION_NEEDED: CONTRACT,
  REFUND_FAILED: CONTRACT,
  RETURN_REQUESTED: LAW,
  RETURN_REJECTED: CONTRACT,
  PASSWORD_RESET: SECURITY,
  EMAIL_VERIFICATION: SECURITY,
  EMAIL_CHANGE: SECURITY,
  EMAIL_CHANGED: SECURITY,
  PASSWORD_CHANGED: SECURITY,
  NEW_SIGN_IN: SECURITY,
  ACCOUNT_DELETED: SECURITY,
}
const REQUIRED = Object.keys(WHY)

test('e-mails of the law, of an order and of the account’s security cannot be turned off, and the refusal says why', () => {
  expect(KINDS.filter((kind) => isRequired(kind, 'EMAIL')).toSorted()).toEqual(REQUIRED.toSorted())
  const shown = choicesOf(none).flatMap((one) => (one.isRequired ? [`${one.kind} ${one.channel}`] : []))
  const required = [...REQUIRED.map((kind) => `${kind} EMAIL`), 'PHONE_VERIFICATION SMS']
  expect(shown.toSorted()).toEqual(required.toSorted())
  for (const kind of KINDS) {
    const choices = [{ kind, channel: 'EMAIL', isEnabled: false } as const]
    const decision = change(none, { expectedVersion: 1, choices })
    expect([kind, decision.ok]).toEqual([kind, !REQUIRED.includes(kind)])
    if (!decision.ok)
      expect(decision.errors).toMatchObject([
        {
          path: ['choices', '0', 'isEnabled'],
          message: `isEnabled is false for ${kind} by EMAIL: allowed is true, since ${WHY[kind]}`,
        },
      ])
    expect(
      change(none, { expectedVersion: 1, choices: [{ kind, channel: 'IN_APP', isEnabled: false }] }).ok,
    ).toBe(true)
  }
})

/** Kinds that keep quiet hours. */
const WAITS: readonly string[] = [
  ...['WELCOME', 'ORDER_SHIPPED', 'ORDER_DELIVERED', 'ORDER_REFUNDED'],
  ...['RETURN_REQUESTED', 'RETURN_APPROVED', 'RETURN_REJECTED', 'RETURN_RECEIVED'],
  ...['REVIEW_PUBLISHED', 'TICKET_ANSWERED', 'CAMPAIGN'],
]

describe('a message', () => {
  const wishes: Wishes = { isOff: false, stopped: null, quietHours: null }
  const shipped = { kind: 'ORDER_SHIPPED', channel: 'EMAIL' } as const

  test('goes at once', () => {
    expect(standingOf(shipped, wishes, now)).toEqual({ status: 'QUEUED', availableAt: now })
    expect(standingOf({ ...shipped, channel: 'IN_APP' }, wishes, now)).toEqual({ status: 'SENT' })
  })

  test('that is turned off is kept as suppressed by e-mail, and not written into the list', () => {
    const off = { ...wishes, isOff: true }
    expect(standingOf(shipped, off, now)).toMatchObject({ status: 'SUPPRESSED' })
    expect(standingOf({ ...shipped, channel: 'IN_APP' }, off, now)).toBeNull()
    for (const channel of ['PUSH', 'SMS'] as const)
      expect(standingOf({ ...shipped, channel }, off, now)).toBeNull()
    const stopped = { ...off, stopped: 'it bounced' }
    expect(standingOf({ ...shipped, channel: 'IN_APP' }, stopped, now)).toEqual({ status: 'SENT' })
    expect(standingOf({ kind: 'PASSWORD_RESET', channel: 'EMAIL' }, stopped, now)).toMatchObject({
      status: 'QUEUED',
    })
  })

  test('that is required goes though it was turned off, but to no address that takes nothing', () => {
    const confirmed = { kind: 'ORDER_CONFIRMED', channel: 'EMAIL' } as const
    expect(standingOf(confirmed, { ...wishes, isOff: true }, now)).toMatchObject({ status: 'QUEUED' })
    expect(standingOf(confirmed, { ...wishes, stopped: 'it bounced' }, now)).toEqual({
      status: 'SUPPRESSED',
      lastError: 'it bounced',
    })
  })

  test('is not sent to a number that takes nothing; a code is, which may be the way back', () => {
    const stopped = { ...wishes, stopped: '21610 unsubscribed' }
    expect(standingOf({ ...shipped, channel: 'SMS' }, stopped, now)).toEqual({
      status: 'SUPPRESSED',
      lastError: '21610 unsubscribed',
    })
    expect(standingOf({ kind: 'PHONE_VERIFICATION', channel: 'SMS' }, stopped, now)).toMatchObject({
      status: 'QUEUED',
    })
    expect(standingOf({ ...shipped, channel: 'PUSH' }, stopped, now)).toMatchObject({ status: 'QUEUED' })
  })

  test('that can wait does so in quiet hours; one that protects the account does not', () => {
    const quiet = { ...wishes, quietHours }
    expect(standingOf(shipped, quiet, now)).toEqual({ status: 'QUEUED', availableAt: morning })
    const waiting = KINDS.filter((kind) => {
      const standing = standingOf({ ...shipped, kind }, quiet, now)
      expect(standing).toEqual({ status: 'QUEUED', availableAt: WAITS.includes(kind) ? morning : now })
      return WAITS.includes(kind)
    })
    expect(waiting).toEqual(WAITS)
    expect(standingOf({ ...shipped, channel: 'IN_APP' }, quiet, now)).toEqual({ status: 'SENT' })
    expect(standingOf({ ...shipped, channel: 'PUSH' }, quiet, now)).toEqual({
      status: 'QUEUED',
      availableAt: morning,
    })
  })
})
