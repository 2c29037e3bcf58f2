// Tested in message.test.ts: messages are tested in all languages.

import { campaignText } from './campaign-text.ts'
import { englishOfAccount } from './english-account.ts'
import type { Wording } from './message.ts'

const UNITS = { one: '# pair', other: '# pairs' }
const STARS = { one: '# star', other: '# stars' }
const orderLink = (number: string) => ['See the order', `/orders/${number}`] as const

const CANCELLED = {
  OUT_OF_STOCK: 'Something in it is no longer in stock.',
  PAYMENT_TIMEOUT: 'The payment was not completed in time.',
  CUSTOMER_REQUEST: 'You asked us to.',
  FRAUD: 'We could not verify the payment.',
  ADDRESS_REMOVED: 'Its address was removed from your account.',
} as const

/** The texts of each kind of message in English. */
export const english: Wording = {
  greeting: (name) => (name ? `Hello ${name},` : 'Hello,'),
  closing: 'Yours, Argyle',
  total: 'Total',
  texts: {
    ...englishOfAccount,
    ORDER_CONFIRMED: ({ number, total }) => ({
      title: `Order ${number} is confirmed`,
      body: `Thank you for your order ${number} of ${total}. We are packing it now.`,
      hasLines: true,
      link: orderLink(number),
    }),
    ORDER_CANCELLED: ({ number, details: { reason } }) => ({
      title: `Order ${number} is cancelled`,
      body: ['We cancelled your order', `${number}.`, reason ? CANCELLED[reason] : ''].join(' ').trim(),
      paragraphs: ['Any payment is refunded to your original payment method.'],
      link: orderLink(number),
    }),
    PAYMENT_FAILED: ({ number, total, details: { code } }) => ({
      title: `The payment for order ${number} failed`,
      body: `The payment of ${total} for your order ${number} was declined. Nothing was charged.`,
      paragraphs: [
        code === 'insufficient_funds'
          ? 'Your bank reports that there was not enough money in the account.'
          : 'Your bank can tell you the reason. Another card or payment method may work.',
        'The order was cancelled. Please order again.',
      ],
      link: orderLink(number),
    }),
    PAYMENT_ACTION_NEEDED: ({ number, total, details, format }) => {
      const until = format.instant(new Date(details.expiresAt))
      return {
        title: `Order ${number} needs your confirmation`,
        body: `Please confirm the payment of ${total} for your order ${number} by ${until}.`,
        paragraphs: ['Otherwise the order is cancelled and nothing is charged.'],
        link: ['Confirm the payment', `/orders/${number}`],
      }
    },
    ORDER_SHIPPED: ({ number, details, format }) => ({
      title: `Order ${number} is on its way`,
      body: `${format.count(details.units, UNITS)} of your order ${number} left our warehouse.`,
      paragraphs: details.parcelCount > 1 ? [`The order comes in ${details.parcelCount} parcels.`] : [],
      rows: details.trackingNumber ? [{ label: 'Tracking number', value: details.trackingNumber }] : [],
      link: ['Follow the parcel', `/orders/${number}`],
    }),
    ORDER_DELIVERED: ({ number, details, format }) => ({
      title: `Order ${number} has arrived`,
      body: format.count(details.units, {
        one: `# pair of your order ${number} was delivered.`,
        other: `# pairs of your order ${number} were delivered.`,
      }),
      paragraphs: ['If something does not fit, you can send it back.'],
      link: orderLink(number),
    }),
    ORDER_REFUNDED: ({ number, details: { amount }, format }) => {
      const refunded = format.money(BigInt(amount.amountMinor), amount.currencyCode)
      return {
        title: `${refunded} is on its way back to you`,
        body: `We refunded ${refunded} of your order ${number}.`,
        paragraphs: ['It may take some days until your bank shows it.'],
        link: orderLink(number),
      }
    },
    REFUND_FAILED: ({ number, details: { amount }, format }) => {
      const refund = format.money(BigInt(amount.amountMinor), amount.currencyCode)
      return {
        title: `The refund of ${refund} did not reach you`,
        body: `Our refund of ${refund} for order ${number} failed. The money is back at the shop.`,
        paragraphs: [
          'You do not need to do anything. We will refund it again, or contact you if we need your help.',
        ],
        link: orderLink(number),
      }
    },
    RETURN_REQUESTED: ({ number }) => ({
      title: `We have received your return request for order ${number}`,
      body: `You asked to return items of order ${number}. We will review your request and reply soon.`,
      paragraphs: ['Please do not send anything before we have approved your request.'],
      link: orderLink(number),
    }),
    RETURN_APPROVED: ({ number }) => ({
      title: `Your return of order ${number} is approved`,
      body: `We approved your return of order ${number}. Please send it now.`,
      paragraphs: ['We will refund you as soon as we receive the parcel.'],
      link: ['See the return', `/orders/${number}`],
    }),
    RETURN_REJECTED: ({ number, details: { rejection } }) => ({
      title: `Your return of order ${number} is not approved`,
      body: `We cannot accept your return of order ${number}.`,
      paragraphs: rejection ? [rejection] : [],
      link: orderLink(number),
    }),
    RETURN_RECEIVED: ({ number }) => ({
      title: `We have received your return of order ${number}`,
      body: `Your return of order ${number} has arrived. The refund is on its way.`,
      link: orderLink(number),
    }),
    REVIEW_PUBLISHED: ({ details: { rating }, format }) => ({
      title: 'Your review is published',
      body: `Thank you! Your review with ${format.count(rating, STARS)} is published.`,
      link: ['See your reviews', '/account/reviews'],
    }),
    STAFF_DIGEST: ({ details: { lowStock, breaches, refunds, failures }, format }) => {
      const counts = format.counts([
        [lowStock.count, { one: '# low stock', other: '# low stocks' }],
        [breaches.count, { one: '# missed deadline', other: '# missed deadlines' }],
        [refunds.count, { one: '# failed refund', other: '# failed refunds' }],
        [failures.count, { one: '# failed job', other: '# failed jobs' }],
      ])
      return {
        title: `Since the last digest: ${counts}`,
        body: `Since the last digest there are ${counts}.`,
        rows: [
          ...lowStock.lines.map(({ name, available, reorderPoint }) => ({
            label: name,
            value: `${available} available, reorder point ${reorderPoint}`,
          })),
          ...breaches.lines.map(({ ticketId, clock, priority }) => ({
            label: `Ticket ${ticketId}`,
            value: `${clock === 'RESOLUTION' ? 'not resolved in time' : 'not answered in time'}, ${priority}`,
          })),
          ...refunds.lines.map(({ order, code }) => ({
            label: `Order ${order}`,
            value: `refund failed: ${code}`,
          })),
          ...failures.lines.map(({ consumer, type, times }) => ({
            label: `${consumer}: ${type}`,
            value: format.count(times, { one: '# failure', other: '# failures' }),
          })),
        ],
        link: ['See what is open', '/staff'],
      }
    },
    TICKET_ANSWERED: ({ details: { subject, text, replyTag }, isAnswered }) => ({
      title: 'We have answered your question',
      body: `There is an answer to your question “${subject}”.`,
      ...(text === null
        ? {
            paragraphs: ['You can write back there if it does not help.'],
            link: ['Read the answer', '/account/tickets'],
          }
        : {
            paragraphs: [
              ...text.split('\n').filter(Boolean),
              replyTag && isAnswered ? 'You can answer this e-mail if it does not help.' : '',
            ].filter(Boolean),
          }),
    }),
    CAMPAIGN: (said) => campaignText(said, { customer: 'you', coupon: 'Your code' }),
  },
}
