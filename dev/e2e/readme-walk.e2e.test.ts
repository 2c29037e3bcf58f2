import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Step, walk } from '../readme/readme.ts'
import { bestSeller } from '../shop/terminal/banner.ts'
import type { Answer, GraphqlClient } from '../shop/testing/graphql-client.ts'
import { startTestShop, type TestShop } from '../shop/testing/test-shop.ts'
import { APPROVED, cardToken, SECOND_STEP } from './checkout.ts'
import { inboxOf, type Letter } from './inbox.ts'
import { waitUntil } from './wait-until.ts'

/** On a busy machine a call of the gateway may be made twice, and a parcel takes 8 seconds. Bounds only a test that would fail anyway. */
const PATIENCE_MS = 120_000

/** The README names a product of the demo seed; the tests use the tiny one. */
const README_PRODUCT = 'acorn-lattice-crew-socks'

let shop: TestShop
let clients: Record<string, GraphqlClient>
/** The values of the README's <placeholders>, from earlier answers. */
const learnt = new Map([
  ['a month ago', new Date(Date.now() - 30 * 86_400_000).toISOString()],
  ['now', new Date(Date.now() + 86_400_000).toISOString()],
])

beforeAll(async () => {
  // An hour of a parcel is a second; payments keep their time, so that a second step can be cancelled.
  shop = await startTestShop({ carrierSpeed: 3_600 })
  clients = { guest: shop.visitor(), you: shop.visitor(), staff: shop.visitor() }
})
afterAll(() => shop?.stop())

type Data = Answer['data']

/** For each step, its assertions, and the values that later steps need. */
const steps: Record<
  string,
  { holds: (data: Data) => void; learns?: (data: Data) => Record<string, unknown> }
> = {
  SignUp: { holds: (data) => expect(data.signUp.session.accessToken).toMatch(/^ey/) },
  Browse: { holds: (data) => expect(data.products.totalCount).toBeGreaterThan(0) },
  Search: {
    holds: ({ search }) => {
      expect(search.searchedFor).toBe('wool socks for hiking')
      expect(search.totalCount).toBeGreaterThan(0)
      expect(search.edges[0].node.title).toContain('Hiking')
    },
  },
  Look: {
    holds: (data) => expect(data.product.rating.count).toBeGreaterThan(0),
    learns: ({ product }) => ({
      'product id': product.id,
      'variant id': product.variants.edges[0].node.id,
    }),
  },
  AddToCart: {
    holds: (data) => expect(data.addCartLine.cart.lines).toMatchObject([{ quantity: 2 }]),
    learns: (data) => ({ 'cart id': data.addCartLine.cart.id }),
  },
  SignIn: {
    holds: (data) => expect(data.signIn.session.accessToken).toMatch(/^ey/),
    learns: (data) => ({ you: data.signIn.session.accessToken }),
  },
  ClaimCart: {
    holds: (data) => expect(data.claimCart.cart.version).toBeGreaterThan(0),
    learns: ({ claimCart: { cart } }) => ({
      'my cart id': cart.id,
      'my cart version': cart.version,
    }),
  },
  AddAddress: {
    holds: (data) => expect(data.addAddress.address.id).toMatch(/^adr_/),
    learns: (data) => ({ 'address id': data.addAddress.address.id }),
  },
  AddCard: {
    holds: (data) => expect(data.addPaymentMethod.paymentMethod.label).toContain('4242'),
    learns: (data) => ({ 'payment method id': data.addPaymentMethod.paymentMethod.id }),
  },
  ShippingOptions: {
    holds: (data) => expect(data.cart.shippingOptions.length).toBeGreaterThan(0),
    learns: (data) => ({ 'shipping option id': fastest(data.cart.shippingOptions).id }),
  },
  Totals: {
    holds: ({ cart: { totals } }) => expect(Number(totals.includedTaxTotal.amount)).toBeGreaterThan(0),
    learns: (data) => ({ 'grand total': data.cart.totals.grandTotal.amount }),
  },
  PlaceOrder: {
    holds: (data) => expect(data.placeOrder.order.number).toMatch(/^A-/),
    learns: (data) => ({ 'order id': data.placeOrder.order.id }),
  },
  Order: {
    holds: (data) =>
      expect(data.order).toMatchObject({
        status: expect.stringMatching(/^(CONFIRMED|FULFILLING|SHIPPED)$/),
        reservation: { status: 'COMMITTED' },
        payment: { status: 'CAPTURED' },
      }),
  },
  AddSecondStepCard: {
    holds: (data) => expect(data.addPaymentMethod.paymentMethod.label).toContain('3220'),
    learns: (data) => ({ 'second step method id': data.addPaymentMethod.paymentMethod.id }),
  },
  AddAgain: {
    holds: (data) => expect(data.addCartLine.cart.shippingOptions.length).toBeGreaterThan(0),
    learns: ({ addCartLine: { cart } }) => ({
      'second cart id': cart.id,
      'second cart version': cart.version,
      'second option id': fastest(cart.shippingOptions).id,
    }),
  },
  TotalsAgain: {
    holds: (data) => expect(Number(data.cart.totals.grandTotal.amount)).toBeGreaterThan(0),
    learns: (data) => ({ 'second total': data.cart.totals.grandTotal.amount }),
  },
  OrderAgain: {
    holds: (data) => expect(data.placeOrder.userErrors).toEqual([]),
    learns: (data) => ({ 'second order id': data.placeOrder.order.id }),
  },
  SecondStep: {
    holds: (data) =>
      expect(data.order).toMatchObject({
        status: 'AWAITING_PAYMENT',
        payment: { nextAction: { redirectUrl: expect.stringMatching(/^http/) } },
      }),
    learns: (data) => ({ 'second order version': data.order.version }),
  },
  CancelOrder: {
    holds: (data) => expect(data.cancelOrder.order).toMatchObject({ cancelReason: 'CUSTOMER_REQUEST' }),
  },
  Cancelled: {
    holds: (data) =>
      expect(data.order).toMatchObject({
        status: 'CANCELLED',
        payment: { status: 'VOIDED' },
        reservation: { status: 'RELEASED' },
      }),
  },
  Arrived: {
    holds: (data) => expect(data.order.status).toBe('DELIVERED'),
    learns: (data) => ({ 'order line id': data.order.lines[0].id }),
  },
  AskForReturn: {
    holds: (data) => expect(data.requestReturn.return).toMatchObject({ status: 'REQUESTED', version: 1 }),
    learns: (data) => ({ 'return id': data.requestReturn.return.id }),
  },
  AgreeToReturn: {
    holds: (data) => expect(data.approveReturn.return).toMatchObject({ status: 'APPROVED', version: 2 }),
  },
  ReceiveReturn: { holds: (data) => expect(data.receiveReturn.userErrors).toEqual([]) },
  PaidBack: {
    holds: (data) => {
      expect(data.order).toMatchObject({ status: 'DELIVERED', returns: [{ status: 'REFUNDED' }] })
      expect(Number(data.order.refundedTotal.amount)).toBeGreaterThan(0)
      const kinds = data.order.invoices.map(({ kind }: { kind: string }) => kind)
      expect(kinds).toEqual(['INVOICE', 'CREDIT_NOTE'])
    },
  },
  Review: {
    holds: (data) =>
      expect(data.submitReview.review).toMatchObject({ status: 'PUBLISHED', verifiedPurchase: true }),
  },
  SignInAsStaff: {
    holds: (data) => expect(data.signIn.session.accessToken).toMatch(/^ey/),
    learns: (data) => ({ staff: data.signIn.session.accessToken }),
  },
  AskForHelp: {
    holds: (data) => expect(data.openTicket.ticket).toMatchObject({ status: 'OPEN', version: 1 }),
    learns: (data) => ({ 'ticket id': data.openTicket.ticket.id }),
  },
  AnswerTicket: {
    holds: (data) =>
      expect(data.answerTicket.ticket).toMatchObject({
        status: 'WAITING_CUSTOMER',
        firstResponse: { breachedAt: null },
        resolution: { isPaused: true },
      }),
  },
  Answered: {
    holds: ({ ticket }) => {
      const messages: { node: { kind: string; author: { displayName: string } } }[] = ticket.messages.edges
      expect(messages.map(({ node }) => [node.kind, node.author.displayName])).toEqual([
        ['CUSTOMER', 'Lotte'],
        ['AGENT', 'Sam Okoro'],
      ])
      expect(ticket.order.tickets).toEqual({ totalCount: 1 })
    },
  },
  Shelf: {
    holds: (data) => expect(data.variant.stockLevels[0].onHand).toBeGreaterThan(0),
    learns: ({ variant: { stockLevels } }) => ({
      'stock level id': stockLevels[0].id,
      'reorder point minus on hand': stockLevels[0].reorderPoint - stockLevels[0].onHand,
    }),
  },
  CountStock: {
    holds: ({ adjustStock: { stockLevel } }) => expect(stockLevel.onHand).toBe(stockLevel.reorderPoint),
  },
  Alerts: {
    holds: (data) =>
      expect(data.lowStockAlerts.edges).toMatchObject([
        { node: { variant: { stockForecast: { orderNow: expect.any(Boolean) } } } },
      ]),
  },
  Sales: {
    holds: ({ salesReport, forecast }) => {
      expect(salesReport.total.orders).toBeGreaterThan(0)
      expect(salesReport.total.converted).not.toBeNull()
      expect(salesReport.buckets.length).toBeGreaterThan(4)
      expect(salesReport.topProducts[0].product.title).toEqual(expect.any(String))
      expect(forecast).toMatchObject({ reason: null })
      expect(forecast.points).toHaveLength(7)
    },
  },
  AskForProof: { holds: (data) => expect(data.requestEmailVerification.isAccepted).toBe(true) },
  VerifyAddress: { holds: (data) => expect(data.verifyEmail).toEqual({ isVerified: true, userErrors: [] }) },
  AgreeToCampaigns: {
    holds: (data) =>
      expect(data.updateNotificationPreferences.preferences).toEqual({
        version: 2,
        allowsOpenTracking: true,
      }),
  },
  MakeSegment: {
    holds: (data) => expect(data.createSegment.userErrors).toEqual([]),
    learns: (data) => ({ 'segment id': data.createSegment.segment.id }),
  },
  WhoAndWhy: {
    holds: ({ segment }) =>
      expect(memberOf(segment, 'Lotte')).toMatchObject({
        node: {
          user: { displayName: 'Lotte' },
          reasons: [
            {
              fact: 'DAYS_SINCE_LAST_ORDER',
              text: expect.stringMatching(/^last order on .* at most 30 days ago$/),
            },
            { fact: 'ACCEPTS_CAMPAIGNS', text: 'accepts e-mails of campaigns' },
          ],
        },
      }),
    learns: ({ segment }) => ({ 'customer id': memberOf(segment, 'Lotte')?.node.user.id }),
  },
  CustomerPage: {
    holds: ({ user }) => {
      expect(user).toMatchObject({
        displayName: 'Lotte',
        email: 'lotte@example.com',
        addresses: [{ countryCode: 'DE' }],
        reviews: { edges: [{ node: { rating: 5 } }] },
        tickets: { edges: [{ node: { status: 'WAITING_CUSTOMER' } }] },
        purchaseProfile: { orderCount: 1 },
      })
      expect(
        user.orders.edges.map((edge: { node: { status: string } }) => edge.node.status).toSorted(),
      ).toEqual(['CANCELLED', 'DELIVERED'])
      expect(user.notifications.edges.length).toBeGreaterThan(0)
      expect(user.segments[0].segment.name).toBe('Bought lately, and likes to hear from us')
    },
  },
  WriteCampaign: {
    holds: (data) =>
      expect(data.createCampaign).toMatchObject({ campaign: { status: 'DRAFT' }, userErrors: [] }),
    learns: (data) => ({ 'campaign id': data.createCampaign.campaign.id }),
  },
  StartCampaign: { holds: (data) => expect(data.scheduleCampaign.campaign.status).toBe('SCHEDULED') },
  CampaignResult: {
    holds: (data) =>
      expect(data.campaign).toMatchObject({
        status: 'SENT',
        results: [{ arm: 'A', clicked: 1, comparedToControl: null }],
      }),
  },
  ForgotPassword: { holds: (data) => expect(data.requestPasswordReset.isAccepted).toBe(true) },
  NewPassword: {
    holds: (data) => expect(data.resetPassword).toEqual({ isChanged: true, userErrors: [] }),
  },
  SignInAgain: {
    holds: (data) => expect(data.signIn.session.user.isEmailVerified).toBe(true),
    learns: (data) => ({ you: data.signIn.session.accessToken }),
  },
  Notifications: {
    holds: (data) => expect(data.notifications.edges[0].node.kind).toBe('PASSWORD_CHANGED'),
  },
  WhatElse: {
    holds: ({ product, me }) => {
      expect([product.related.length, me.recommendations.length]).toEqual([4, 4])
      expect(product.related.map((one: { product: object | null }) => one.product)).not.toContain(null)
      const recommended = me.recommendations.map((one: { product: { id: string } }) => one.product.id)
      expect(recommended).not.toContain(learnt.get('product id'))
    },
    learns: ({ me }) => ({ 'recommended id': me.recommendations[0].product.id }),
  },
  Looked: { holds: (data) => expect(data.recordView).toEqual({ isRecorded: true, userErrors: [] }) },
}

/** The option that takes the fewest days. */
function fastest(options: { id: string; estimatedDays: number }[]): { id: string } {
  const [first, ...others] = options
  if (!first) throw new Error('no shipping option')
  return others.reduce((best, next) => (next.estimatedDays < best.estimatedDays ? next : best), first)
}

function filled(operation: string): string {
  const slug = shop.seed ? bestSeller(shop.seed) : ''
  return operation.replaceAll(README_PRODUCT, slug).replaceAll(/<([^>]+)>/g, (_, name: string) => {
    const value = learnt.get(name)
    if (value === undefined) throw new Error(`no earlier step of the walk gives <${name}>`)
    return value
  })
}

/** Queries of what events bring, from several subgraphs that may be read at different instants: repeated until the answer holds. */
const EVENTUAL =
  /^(ShippingOptions|Totals|Order|SecondStep|Cancelled|Arrived|PaidBack|WhoAndWhy|CustomerPage|CampaignResult|Notifications|Sales|WhatElse)$/

/** Mutations that are refused until an event has arrived: repeated until they are accepted. */
const acceptedOnceKnown: Record<string, (data: Data) => boolean> = {
  PlaceOrder: (data) => data?.placeOrder?.order !== null,
  AddAgain: (data) => data?.addCartLine?.cart?.shippingOptions?.length > 0,
  AskForReturn: (data) => Boolean(data?.requestReturn?.return),
  AgreeToCampaigns: (data) => Boolean(data?.updateNotificationPreferences?.preferences),
}

type Member = { node: { user: { id: string; displayName: string } } }

/** The member of a segment with this name: a customer who is evaluated apart from the others joins at another instant. */
function memberOf(segment: { members: { edges: Member[] } } | null | undefined, name: string) {
  return segment?.members.edges.find(({ node }) => node.user.displayName === name)
}

/** The token of the link in an e-mail. E-mails of one second arrive in any order. */
async function tokenOfLink(about: string): Promise<string> {
  return /#token=([\w-]{43})/.exec(await mail(about))?.[1] ?? ''
}

/** The text of the e-mail to the customer of the walk whose subject contains this. */
async function mail(about: string): Promise<string> {
  const isMeant = ({ subject }: Letter) => subject.includes(about)
  const letters = await waitUntil(
    () => inboxOf(shop.inboxUrl, 'lotte@example.com'),
    (all) => all.some(isMeant),
    PATIENCE_MS,
  )
  return letters.find(isMeant)?.text ?? ''
}

/** Follows the link of the campaign's e-mail, which is in German for an order to Germany, and leads to the storefront. */
async function followCampaign(): Promise<void> {
  const text = await mail('Warme Füße, Lotte?')
  expect(text).toMatch(/Ihr Code: SOCKS-\w{10}/)
  const [link = ''] = /http\S+\/c\/[\w-]{22}/.exec(text) ?? []
  // A shop of tests has another port than its settings say.
  const { status, headers } = await fetch(new URL(new URL(link).pathname, shop.url), { redirect: 'manual' })
  expect([status, headers.get('location')]).toEqual([302, expect.stringMatching(/^http:.*:\d+\/products$/)])
}

/** Determines the values of the walk that are not from an earlier answer. */
async function prepare({ asker, name }: Step): Promise<void> {
  const client = clients[asker]
  // The walk has the token from the gateway by curl.
  if (name === 'AddCard' && client) learnt.set('card token', await cardToken(client, APPROVED))
  if (name === 'AddSecondStepCard' && client)
    learnt.set('second step token', await cardToken(client, SECOND_STEP))
  // The walk has the tokens from the e-mails on the inbox page.
  if (name === 'VerifyAddress') learnt.set('token of the address', await tokenOfLink('your e-mail address?'))
  if (name === 'NewPassword') learnt.set('token of the link', await tokenOfLink('new password'))
  // The walk follows the link of the e-mail on the inbox page.
  if (name === 'CampaignResult') await followCampaign()
}

async function ask({ asker, name, operation }: Step): Promise<Answer> {
  const client = clients[asker]
  if (!client) throw new Error(`the walk names an unknown asker: ${asker}`)
  const token = learnt.get(asker)
  if (token) client.useToken(token)
  const send = () => client.ask(filled(operation))
  const isAccepted = acceptedOnceKnown[name]
  return isAccepted ? waitUntil(send, ({ data }) => isAccepted(data), PATIENCE_MS) : send()
}

describe('the walk of README.md', () => {
  test.each(walk())(
    '$name works as $asker',
    async (step) => {
      const expected = steps[step.name]
      if (!expected) throw new Error(`say here what the answer to ${step.name} must hold`)
      await prepare(step)
      const check = async () => {
        const { data, errors } = await ask(step)
        expect(errors).toEqual([])
        expected.holds(data)
        return data
      }
      const data = EVENTUAL.test(step.name)
        ? await vi.waitFor(check, { timeout: PATIENCE_MS, interval: 25 })
        : await check()
      for (const [name, value] of Object.entries(expected.learns?.(data) ?? {}))
        learnt.set(name, String(value))
    },
    2 * PATIENCE_MS,
  )
})
