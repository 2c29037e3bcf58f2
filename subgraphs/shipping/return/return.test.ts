import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  afterReport,
  decide,
  decideVersioned,
  evolve,
  type Return,
  type ReturnCommand,
  unitsHeld,
} from './return.ts'
import { type DeliveredLine, returnLines } from './returnable.ts'

const NOW = new Date('2026-11-28T09:00:00.000Z')
const daysAgo = (days: number) => new Date(NOW.getTime() - days * 86_400_000)

function aReturn(but: Partial<Return> = {}): Return {
  const line = { orderLineId: 'oln_1', variantId: 'var_1', quantity: 3, warehouseId: 'whs_1' }
  return {
    id: 'ret_1',
    orderId: 'ord_1',
    customerId: 'usr_1',
    status: 'REQUESTED',
    version: 1,
    reason: null,
    rejection: null,
    reversals: 0,
    requestedAt: NOW,
    updatedAt: NOW,
    lines: [{ ...line, receivedQuantity: null, restock: null }],
    ...but,
  }
}

const receive = (quantity: number): ReturnCommand => {
  return { type: 'receive', lines: [{ orderLineId: 'oln_1', quantity, restock: true }] }
}
const COMMANDS: readonly ReturnCommand[] = [
  { type: 'approve' },
  { type: 'reject', rejection: 'Worn.' },
  { type: 'cancel' },
  receive(2),
]

const NEXT: Record<Return['status'], Partial<Record<ReturnCommand['type'], Return['status']>>> = {
  REQUESTED: { approve: 'APPROVED', reject: 'REJECTED', cancel: 'CANCELLED' },
  APPROVED: { receive: 'RECEIVED', reject: 'REJECTED', cancel: 'CANCELLED' },
  RECEIVED: {},
  REFUNDED: {},
  REJECTED: {},
  CANCELLED: {},
}

test.each(Object.entries(NEXT))('%s: what each command leads to, and what is refused', (name, next) => {
  // Object.keys of the table, whose keys are the statuses.
  const state = aReturn({ status: name as Return['status'] })
  for (const command of COMMANDS) {
    const decision = decide(state, command)
    const to = next[command.type]
    if (decision.ok) expect([command.type, evolve(state, command, NOW).status]).toEqual([command.type, to])
    else
      expect([to, decision.errors]).toMatchObject([
        undefined,
        [{ __typename: 'ReturnStatusError', status: name, path: ['id'] }],
      ])
  }
})

test.each([
  ['approve', 'REQUESTED'],
  ['reject', 'REQUESTED or APPROVED'],
  ['cancel', 'REQUESTED or APPROVED'],
  ['receive', 'APPROVED'],
])('to %s a return that is refunded is refused by the statuses in which it is allowed', (type, allowed) => {
  const command = COMMANDS.find((one) => one.type === type) as ReturnCommand
  const message = `return "ret_1" is REFUNDED: allowed is one that is ${allowed}`
  expect(decide(aReturn({ status: 'REFUNDED' }), command)).toMatchObject({ errors: [{ message }] })
})

test('a command of a caller who has read an older version is refused with the current one', () => {
  const decision = decideVersioned(aReturn({ version: 4 }), 3, { type: 'approve' })
  expect(decision).toMatchObject({
    ok: false,
    errors: [{ __typename: 'VersionConflictError', currentVersion: 4 }],
  })
})

describe('a report about the refund of a return', () => {
  const received = aReturn({ status: 'RECEIVED', version: 3 })
  const reports = [0, 1, 2].flatMap((reversals) =>
    reversals === 0
      ? [{ isRefunded: true, reversals }]
      : [false, true].map((isRefunded) => ({ isRefunded, reversals })),
  )
  const LATER = new Date(NOW.getTime() + 1)
  const after = (state: Return, ...told: typeof reports) =>
    told.reduce((before, report) => afterReport(before, report, LATER) ?? before, state)

  test('makes it REFUNDED, RECEIVED again, and REFUNDED anew', () => {
    const [made, failed, again] = [1, 2, 3].map((count) => after(received, ...reports.slice(0, count)))
    expect([made, failed, again]).toEqual([
      { ...received, status: 'REFUNDED', reversals: 0, version: 4, updatedAt: LATER },
      { ...received, status: 'RECEIVED', reversals: 1, version: 5, updatedAt: LATER },
      { ...received, status: 'REFUNDED', reversals: 1, version: 6, updatedAt: LATER },
    ])
  })

  test('may come in any order and twice: the latest one decides', () => {
    fc.assert(
      fc.property(fc.nat(reports.length - 1), fc.infiniteStream(fc.nat()), (last, picks) => {
        const known = reports.slice(0, last + 1)
        const told = [...known, ...known].map((report) => [Number(picks.next().value), report] as const)
        const shuffled = told.toSorted(([a], [b]) => a - b).map(([, report]) => report)
        const { status, reversals } = after(received, ...shuffled)
        const { isRefunded, reversals: most } = known.at(-1) ?? {}
        expect([status, reversals]).toEqual([isRefunded ? 'REFUNDED' : 'RECEIVED', most])
      }),
    )
  })

  test.each(['REQUESTED', 'APPROVED', 'REJECTED', 'CANCELLED'] as const)(
    'has no effect on one that is %s',
    (status) => {
      expect(reports.map((report) => afterReport(aReturn({ status }), report, NOW))).toEqual(
        reports.map(() => null),
      )
    },
  )
})

describe('what came in', () => {
  const approved = aReturn({ status: 'APPROVED' })
  test.each([
    [receive(4), ['lines', '0', 'quantity'], 'quantity is 4: allowed is 0 to 3'],
    [receive(0), ['lines'], 'lines has no unit'],
    [
      { type: 'receive', lines: [{ orderLineId: 'oln_2', quantity: 1, restock: true }] },
      ['lines', '0', 'orderLineId'],
      'orderLineId is "oln_2": allowed is a line of this return',
    ],
    [
      { type: 'receive', lines: [{ orderLineId: 'oln_2', quantity: 0, restock: true }] },
      ['lines', '0', 'orderLineId'],
      'orderLineId is "oln_2": allowed is a line of this return',
    ],
    [
      {
        type: 'receive',
        lines: [1, 2].map((quantity) => ({ orderLineId: 'oln_1', quantity, restock: true })),
      },
      ['lines', '1', 'orderLineId'],
      'orderLineId is "oln_1" twice',
    ],
  ] as const)('%j is refused', (command, path, message) => {
    expect(decide(approved, command)).toMatchObject({
      ok: false,
      errors: [{ __typename: 'ValidationError', path, message: expect.stringContaining(message) }],
    })
  })

  test.each([
    [0, 1],
    [1, 0],
  ])('is received if any line has a unit, as in %j and %j', (...quantities) => {
    const [line] = approved.lines as [Return['lines'][number]]
    const both = { ...approved, lines: [line, { ...line, orderLineId: 'oln_2' }] }
    const lines = quantities.map((quantity, index) => ({
      orderLineId: `oln_${index + 1}`,
      quantity,
      restock: true,
    }))
    expect(decide(both, { type: 'receive', lines }).ok).toBe(true)
  })

  test('is noted by line; what did not come in can be asked for again', () => {
    const state = evolve(approved, receive(2), NOW)
    expect(state).toMatchObject({ version: 2, lines: [{ quantity: 3, receivedQuantity: 2, restock: true }] })
    expect(state.lines.map((line) => unitsHeld(state.status, line))).toEqual([2])
  })
})

describe('what can be sent back', () => {
  const delivered = (quantity: number, days = 1): DeliveredLine => {
    return {
      orderLineId: 'oln_1',
      variantId: 'var_1',
      quantity,
      warehouseId: 'whs_1',
      deliveredAt: daysAgo(days),
    }
  }
  const wanted = (quantity: number) => [{ orderLineId: 'oln_1', quantity }]
  const limits = { now: NOW, days: 30 }
  const ofAnotherLine = aReturn({ lines: aReturn().lines.map((line) => ({ ...line, orderLineId: 'oln_2' })) })

  test.each([
    ['all that arrived', 3, [delivered(3)], [], 3],
    ['of several parcels', 3, [delivered(2), delivered(1)], [], 3],
    ['less what is in other returns', 1, [delivered(4)], [aReturn()], 1],
    ['what rejected returns held', 4, [delivered(4)], [aReturn({ status: 'REJECTED' })], 4],
    ['on the last day', 1, [delivered(1, 30)], [], 1],
    ['lately, though an earlier parcel is back', 1, [delivered(1), delivered(3, 31)], [aReturn()], 1],
    ['what another line of another return does not hold', 4, [delivered(4)], [ofAnotherLine], 4],
  ] as const)('%s', (_, quantity, arrived, others, units) => {
    expect(returnLines(wanted(quantity), arrived, others, limits)).toMatchObject({
      ok: true,
      value: [{ quantity: units }],
    })
  })

  test.each([
    ['more than arrived', 4, [delivered(3)], [], 3],
    ['what never arrived', 1, [], [], 0],
    ['what is in another return', 2, [delivered(4)], [aReturn()], 1],
    ['what arrived too long ago', 1, [delivered(1, 31)], [], 0],
    ['more than arrived lately', 3, [delivered(2), delivered(5, 31)], [], 2],
    ['what arrived of another line', 2, [delivered(1), { ...delivered(3), orderLineId: 'oln_2' }], [], 1],
  ] as const)('not %s', (_, quantity, arrived, others, returnableQuantity) => {
    expect(returnLines(wanted(quantity), arrived, others, limits)).toMatchObject({
      ok: false,
      errors: [{ __typename: 'NotReturnableError', path: ['lines', '0', 'quantity'], returnableQuantity }],
    })
  })

  test('the refusal says how many units were delivered, are in other returns, and may come back', () => {
    expect(returnLines(wanted(4), [delivered(2), delivered(3, 31)], [aReturn()], limits)).toEqual({
      ok: false,
      errors: [
        {
          __typename: 'NotReturnableError',
          message:
            'quantity is 4, but 5 of line "oln_1" were delivered, 3 are in other returns, and units can be returned for 30 days: allowed is up to 2',
          path: ['lines', '0', 'quantity'],
          returnableQuantity: 2,
        },
      ],
    })
  })

  test('each line that may not come back is refused', () => {
    const lines = ['oln_1', 'oln_2', 'oln_3'].map((orderLineId) => ({ orderLineId, quantity: 1 }))
    const path = (index: string) => ({ path: ['lines', index, 'quantity'] })
    expect(returnLines(lines, [{ ...delivered(1), orderLineId: 'oln_2' }], [], limits)).toMatchObject({
      ok: false,
      errors: [path('0'), path('2')],
    })
  })

  test('a line is named once', () => {
    const twice = [...wanted(1), ...wanted(1)]
    expect(returnLines(twice, [delivered(3)], [], limits)).toMatchObject({
      ok: false,
      errors: [{ __typename: 'ValidationError', path: ['lines', '1', 'orderLineId'] }],
    })
  })

  test('over any life of any returns, no more units are held than arrived, and none is received twice', () => {
    const act = fc.oneof(
      fc.record({ ask: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ of: fc.nat(5), command: fc.constantFrom(...COMMANDS, receive(1), receive(3)) }),
    )
    fc.assert(
      fc.property(fc.nat(8), fc.array(act, { maxLength: 30 }), (units, acts) => {
        const returns: Return[] = []
        for (const one of acts) {
          if ('ask' in one) {
            const lines = returnLines(wanted(one.ask), units > 0 ? [delivered(units)] : [], returns, limits)
            if (lines.ok) returns.push(aReturn({ id: `ret_${returns.length}`, lines: lines.value }))
          } else {
            const state = returns[one.of]
            const decision = state && decide(state, one.command)
            if (state && decision?.ok) returns[one.of] = evolve(state, decision.value, NOW)
          }
          const held = returns.flatMap(({ status, lines }) => lines.map((line) => unitsHeld(status, line)))
          expect(held.reduce((sum, some) => sum + some, 0)).toBeLessThanOrEqual(units)
        }
      }),
      { numRuns: 1_000 },
    )
  })
})
