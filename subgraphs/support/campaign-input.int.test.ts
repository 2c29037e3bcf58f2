import { newId } from '@argyle/kit/ids'
import { expectEarlierRowsKept } from '@argyle/kit/testing/others-kept'
import { type Refused, refusalsPage } from '@argyle/kit/testing/refusals'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { aCampaign, aVariant } from './testing/a-campaign.ts'
import { aSegment } from './testing/a-segment.ts'
import { aMarketer, type MutationName, type OpenSupport, openSupport } from './testing/open-support.ts'

let shop: OpenSupport
const marketer = aMarketer()
const good = {} as Record<string, Record<string, unknown>>

beforeAll(async () => {
  shop = await openSupport()
  const { id: segmentId } = await shop.accepted('createSegment', aSegment(), marketer)
  const { idempotencyKey: _, ...content } = aCampaign(segmentId)
  const { id } = await shop.accepted('createCampaign', aCampaign(segmentId), marketer)
  const which = { id, expectedVersion: 1 }
  good.createCampaign = aCampaign(segmentId)
  good.updateCampaign = { ...which, ...content }
  good.scheduleCampaign = { ...which, startsAt: null }
  good.cancelCampaign = which
})
afterAll(() => shop.close())
expectEarlierRowsKept(() => shop)

const everything = () =>
  Promise.all(
    ['campaign', 'campaign_recipient', 'audit_entry', 'idempotency_record', 'outbox_message'].map((table) =>
      shop.sql(`SELECT * FROM ${table} ORDER BY 1, 2, 3`),
    ),
  )

const uuid = '019aa5c2-8c00-7000-8000-00000000dead'
const withText = (but: object) => ({
  variants: [{ ...aVariant(), english: { ...aVariant().english, ...but } }],
})
const withCoupon = (percentBasisPoints: unknown, validDays: unknown) => ({
  coupon: { percentBasisPoints, validDays },
})

type Case = [MutationName, Record<string, unknown>, RegExp]
const each = (names: readonly MutationName[], cases: readonly [Record<string, unknown>, RegExp][]): Case[] =>
  names.flatMap((name) => cases.map(([bad, refusal]): Case => [name, bad, refusal]))

const CASES: Case[] = [
  ['createCampaign', { idempotencyKey: '' }, /^ValidationError: idempotencyKey is "".*at least 1/],
  ...each(
    ['createCampaign', 'updateCampaign'],
    [
      [{ name: '' }, /^ValidationError: name is "".*at least 1/],
      [{ name: 'x'.repeat(81) }, /^ValidationError: name is .*at most 80/],
      [{ segmentId: 'lapsed' }, /^ValidationError: segmentId is "lapsed".*seg_/],
      [{ segmentId: `seg_${uuid}` }, /^ValidationError: there is no segment "seg_.*dead"/],
      [{ variants: [] }, /^ValidationError: variants is \[\]: allowed is 1 to 2 variants/],
      [{ variants: Array(3).fill(aVariant()) }, /^ValidationError: variants is .*1 to 2 variants/],
      [{ variants: [{ english: aVariant().english }] }, /^BAD_USER_INPUT: .*german/],
      [withText({ title: '' }), /^ValidationError: variants.0.english.title is "".*at least 1/],
      [withText({ title: 'x'.repeat(101) }), /^ValidationError: variants.0.english.title is .*at most 100/],
      [withText({ title: 'a\nb' }), /^ValidationError: variants.0.english.title is "a\\nb".*one line/],
      [withText({ body: 'x'.repeat(2_001) }), /^ValidationError: variants.0.english.body is .*at most 2000/],
      [
        withText({ body: 'Hello {{name}}' }),
        /^ValidationError: variants.0.english.body is "Hello \{\{name\}\}": allowed is double braces only around customerName and couponCode/,
      ],
      [
        withText({ title: 'Hello {{ customerName }}' }),
        /^ValidationError: variants.0.english.title is .*double braces only/,
      ],
      [
        withText({ body: 'Your code: {{couponCode}}' }),
        /^ValidationError: variants.0.english.body is "Your code.*no couponCode, since the campaign has no coupon/,
      ],
      [
        withText({ title: '{{couponCode}} for you' }),
        /^ValidationError: variants.0.english.title is ".*for you": allowed is no couponCode, since the campaign has no coupon/,
      ],
      [
        {
          variants: [aVariant(), { ...aVariant(), german: { ...aVariant().german, body: '{{couponCode}}' } }],
        },
        /^ValidationError: variants.1.german.body is "\{\{couponCode\}\}": allowed is no couponCode/,
      ],
      [
        withText({ actionLabel: 'x'.repeat(61) }),
        /^ValidationError: variants.0.english.actionLabel is .*at most 60/,
      ],
      [{ linkPath: '' }, /^ValidationError: linkPath is "": allowed is a path of the storefront/],
      [{ linkPath: 'products' }, /^ValidationError: linkPath is "products"/],
      [{ linkPath: '//evil.example' }, /^ValidationError: linkPath is "\/\/evil.example"/],
      [{ linkPath: '/\\evil.example' }, /^ValidationError: linkPath is "\/\\\\evil.example"/],
      [{ linkPath: 'https://evil.example/' }, /^ValidationError: linkPath is "https:\/\/evil.example\/"/],
      [{ linkPath: '/a\n//evil.example' }, /^ValidationError: linkPath is "\/a\\n/],
      [{ linkPath: '/\t/evil.example' }, /^ValidationError: linkPath is/],
      [{ linkPath: `/${'x'.repeat(300)}` }, /^ValidationError: linkPath is .*at most 300/],
      [withCoupon(0, 5), /^ValidationError: coupon.percentBasisPoints is 0.*at least 1/],
      [withCoupon(10_001, 5), /^ValidationError: coupon.percentBasisPoints is 10001.*at most 10000/],
      [withCoupon(1_000, 0), /^ValidationError: coupon.validDays is 0.*at least 1/],
      [withCoupon(1_000, 367), /^ValidationError: coupon.validDays is 367.*at most 366/],
      [withCoupon(1_000, undefined), /^BAD_USER_INPUT: .*validDays/],
      [{ controlPercent: -1 }, /^ValidationError: controlPercent is -1.*at least 0/],
      [{ controlPercent: 91 }, /^ValidationError: controlPercent is 91.*at most 90/],
      [{ messagesPerMinute: 0 }, /^ValidationError: messagesPerMinute is 0.*at least 1/],
      [{ messagesPerMinute: 6_001 }, /^ValidationError: messagesPerMinute is 6001.*at most 6000/],
      [{ attributionDays: 0 }, /^ValidationError: attributionDays is 0.*at least 1/],
      [{ attributionDays: 91 }, /^ValidationError: attributionDays is 91.*at most 90/],
    ],
  ),
  ...each(
    ['updateCampaign', 'scheduleCampaign', 'cancelCampaign'],
    [
      [{ id: 'winter' }, /^ValidationError: id is "winter".*cmp_/],
      [{ id: `cmp_${uuid}` }, /^ValidationError: there is no campaign "cmp_.*dead"/],
      [{ expectedVersion: 0 }, /^ValidationError: expectedVersion is 0.*at least 1/],
      [{ expectedVersion: 7 }, /^VersionConflictError: expectedVersion is 7.*version is 1/],
    ],
  ),
  [
    'scheduleCampaign',
    { startsAt: '2026-11-02T07:59:59.999Z' },
    /^ValidationError: startsAt is 2026-11-02T07:59:59.999Z: allowed is from now/,
  ],
  [
    'scheduleCampaign',
    { startsAt: '2027-11-04T08:00:00.000Z' },
    /^ValidationError: startsAt is 2027-11-04.*366 days ahead/,
  ],
  ['scheduleCampaign', { startsAt: 'tomorrow' }, /^BAD_USER_INPUT: .*tomorrow/],
]

test('the whole messages are those of campaign/refusals.md', async () => {
  const all: Refused[] = []
  for (const [name, bad] of CASES)
    all.push([`${name} ${JSON.stringify(bad)}`, await shop.mutate(name, { ...good[name], ...bad }, marketer)])
  await expect(refusalsPage('subgraphs/support/campaign-input.int.test.ts', all)).toMatchFileSnapshot(
    'campaign/refusals.md',
  )
})

test.each(
  CASES.map(([name, bad, refusal]) => [name, JSON.stringify(bad).slice(0, 100), bad, refusal] as const),
)('%s with %s is refused and changes nothing', async (name, _, bad, refusal) => {
  const before = await everything()
  const { data, errors } = await shop.mutate(name, { ...good[name], ...bad }, marketer)
  const typed: { __typename: string; message: string }[] = data?.[name]?.userErrors ?? []
  const refusals = [
    ...errors.map(({ extensions, message }) => `${extensions?.code}: ${message}`),
    ...typed.map(({ __typename, message }) => `${__typename}: ${message}`),
  ]
  expect(refusals).toEqual([expect.stringMatching(refusal)])
  expect(await everything()).toEqual(before)
})

test.each(['/', '/products/acorn', '/p?from=mail&x=%20#top', '/@shop/a:b'])(
  'the path %s is accepted',
  async (linkPath) => {
    await shop.accepted(
      'createCampaign',
      { ...good.createCampaign, idempotencyKey: newId('key'), linkPath },
      marketer,
    )
  },
)
