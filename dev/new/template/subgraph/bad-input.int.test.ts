import { encodeCursor } from '@argyle/kit/connection'
import { newId } from '@argyle/kit/ids'
import { customer } from '@argyle/kit/testing/subgraph'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anInput, type MutationName, type OpenGadgetry, openGadgetry } from './testing/open-gadgetry.ts'

let shop: OpenGadgetry
const viewer = customer(newId('usr'))
/** A valid input of each mutation, set before the first test. Each case replaces one field. */
const good = {} as Record<MutationName, object>

beforeAll(async () => {
  shop = await openGadgetry()
  const { id } = await shop.aGadget(viewer)
  good.createGadget = anInput(await shop.aProduct())
  good.updateGadget = { id, expectedVersion: 1, title: 'Warmer' }
})
afterAll(() => shop.close())

const unknown = '019aa5c2-8c00-7000-8000-00000000dead'

/** [mutation, invalid fields, expected error] */
const CASES: [MutationName, Record<string, unknown>, RegExp][] = [
  ['createGadget', { idempotencyKey: '' }, /^ValidationError: idempotencyKey is "".*at least 1/],
  ['createGadget', { idempotencyKey: 'k'.repeat(201) }, /^ValidationError: idempotencyKey is .*at most 200/],
  ['createGadget', { idempotencyKey: undefined }, /^BAD_USER_INPUT: .*idempotencyKey/],
  ['createGadget', { productId: 'socks' }, /^ValidationError: productId is "socks".*prd_/],
  ['createGadget', { productId: `usr_${unknown}` }, /^ValidationError: productId is "usr_.*prd_/],
  ['createGadget', { productId: `prd_${unknown}` }, /^ValidationError: there is no product "prd_.*dead"/],
  ['createGadget', { productId: 'prd_\u0000' }, /^ValidationError: productId is/],
  ['createGadget', { title: '' }, /^ValidationError: title is "".*at least 1/],
  ['createGadget', { title: 'x'.repeat(121) }, /^ValidationError: title is "xxx.*at most 120/],
  ['createGadget', { title: 42 }, /^BAD_USER_INPUT: .*42/],
  ['createGadget', { colour: 'red' }, /^BAD_USER_INPUT: .*colour/],
  ['updateGadget', { id: 'socks' }, /^ValidationError: id is "socks".*gdt_/],
  ['updateGadget', { id: `gdt_${unknown}` }, /^ValidationError: there is no gadget "gdt_.*dead"/],
  ['updateGadget', { expectedVersion: 0 }, /^ValidationError: expectedVersion is 0.*at least 1/],
  ['updateGadget', { expectedVersion: 2 }, /^VersionConflictError: expectedVersion is 2/],
  ['updateGadget', { expectedVersion: 'one' }, /^BAD_USER_INPUT: .*one/],
  ['updateGadget', { title: ' ' }, /^ValidationError: title is/],
]

test.each(CASES)('%s rejects %j and repeats the value', async (name, change, refusal) => {
  const { data, errors } = await shop.mutate(name, { ...good[name], ...change }, viewer)
  const typed: { __typename: string; message: string }[] = data?.[name]?.userErrors ?? []
  const refusals = [
    ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`),
    ...typed.map(({ __typename, message }) => `${__typename}: ${message}`),
  ]
  expect(refusals).toEqual([expect.stringMatching(refusal)])
})

test.each([
  ['first: 0', /first is 0: allowed is 1 to 100/],
  ['first: 101', /first is 101: allowed is 1 to 100/],
  ['after: "socks"', /after is "socks"/],
  [
    `after: "${encodeCursor('OLDEST', ['2026-11-01T08:00:00.000Z', `gdt_${unknown}`])}"`,
    /with the same sort/,
  ],
  [`after: "${encodeCursor('NEWEST', ['yesterday', `gdt_${unknown}`])}"`, /after holds \["yesterday"/],
])('gadgets rejects %s', async (args, message) => {
  const { data, errors } = await shop.execute(`{ gadgets(${args}) { totalCount } }`, {}, viewer)
  expect(data.gadgets).toBeNull()
  expect(errors).toMatchObject([
    { message: expect.stringMatching(message), extensions: { code: 'BAD_USER_INPUT' } },
  ])
})
