import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { validate } from '@argyle/kit/user-errors'
import { expect, test } from 'vitest'
import type { z } from 'zod'
import { adjust } from './adjustment.ts'
import { acknowledgeLowStockAlertInput } from './low-stock-alert-input.ts'
import { MAX_UNITS } from './stock-level.ts'
import {
  adjustStockInput,
  createStockLevelInput,
  setIncomingStockInput,
  setReorderPointInput,
} from './stock-level-input.ts'
import { createWarehouseInput } from './warehouse-input.ts'

const KEYS = ['', '   ', 'x'.repeat(201), 'a\u0000b']
const IDS = ['', 'nonsense', 'usr_1', 'usr_019ae6f2-0000-7000-8000-000000000000']
const UNITS = [-1, MAX_UNITS + 1, 1.5]

/** The bad values of each field. */
const FIELDS: [mutation: string, schema: z.ZodType, Record<string, readonly unknown[]>][] = [
  [
    'createWarehouse',
    createWarehouseInput,
    {
      idempotencyKey: KEYS,
      code: ['', 'L', 'lei-1', 'X'.repeat(17)],
      name: ['', 'a\u0000b', 'x'.repeat(101)],
    },
  ],
  [
    'createStockLevel',
    createStockLevelInput,
    { idempotencyKey: KEYS, variantId: IDS, warehouseId: IDS, reorderPoint: UNITS },
  ],
  [
    'adjustStock',
    adjustStockInput,
    {
      ...{ idempotencyKey: KEYS, stockLevelId: IDS, delta: [MAX_UNITS + 1, -MAX_UNITS - 1, 1.5] },
      ...{ reason: ['STOLEN'], changeFromOnHand: [-1] },
    },
  ],
  [
    'setReorderPoint',
    setReorderPointInput,
    { stockLevelId: IDS, expectedVersion: [0, -1, 1.5], reorderPoint: UNITS },
  ],
  [
    'setIncomingStock',
    setIncomingStockInput,
    { stockLevelId: IDS, expectedVersion: [0, -1, 1.5], incoming: UNITS },
  ],
  ['acknowledgeLowStockAlert', acknowledgeLowStockAlertInput, { alertId: IDS }],
]
const LEVEL = {
  ...{ id: 'stk_1', variantId: 'var_1', warehouseId: 'whs_1', onHand: 10, reserved: 4, incoming: 3 },
  ...{ reorderPoint: 2, version: 7 },
}
/** Adjustments that do not fit a level with 10 units, of which 4 are reserved. */
const ADJUSTMENTS = [
  { delta: 0, reason: 'COUNT_CORRECTION' },
  { delta: -1, reason: 'RECEIVED' },
  { delta: -1, reason: 'RETURNED' },
  { delta: 1, reason: 'DAMAGED' },
  { delta: -7, reason: 'DAMAGED' },
  { delta: MAX_UNITS, reason: 'RECEIVED' },
  { delta: 1, reason: 'RECEIVED', changeFromOnHand: 9 },
] as const

test.each(['A9', 'ZA-09-BY-18-CX-2'])('%s is the code of a warehouse', (code) => {
  expect(createWarehouseInput.shape.code.parse(code)).toBe(code)
})

test('the whole messages about bad fields are those of refusals.md', async () => {
  const answer = (mutation: string, bad: object, userErrors: readonly object[]): Refused => [
    `${mutation} ${JSON.stringify(bad)}`,
    { data: { [mutation]: { userErrors } }, errors: [], cookies: [] },
  ]
  const ofFields = FIELDS.flatMap(([mutation, schema, fields]) =>
    Object.entries(fields).flatMap(([field, values]) =>
      values.map((value) => {
        const checked = validate(schema, { [field]: value })
        const errors = checked.ok ? [] : checked.errors.filter(({ path }) => path?.[0] === field)
        return answer(mutation, { [field]: value }, errors)
      }),
    ),
  )
  const ofLevels = ADJUSTMENTS.map((adjustment) => {
    const decision = adjust(LEVEL, { stockLevelId: 'stk_1', ...adjustment }, 'usr_1')
    return answer('adjustStock', adjustment, decision.ok ? [] : decision.errors)
  })
  const page = refusalsPage('subgraphs/inventory/refusals.test.ts', [...ofFields, ...ofLevels])
  await expect(page).toMatchFileSnapshot('refusals.md')
})
