// Tested in message.test.ts: messages are tested in all languages.

import { campaignText } from './campaign-text.ts'
import type { Wording } from './message.ts'

const UNITS = { one: '# pair', other: '# pairs' }
const STARS = { one: '# star', other: '# stars' }
const orderLink = (number: string) => ['See the order', `/orders/${number}`] as const

const contact = (isAnswered: boolean) =>
  isAnswered ? 'please answer this e-mail' : 'please tell the shop; answers to this e-mail are not read'

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
    WELCOME: () => ({
      title: 'Welcome to Argyle',
      body: 'Your account is ready.',
      paragraphs: ['It keeps your addresses, your orders and their returns.'],
      link: ['Go to the shop', '/'],
    }),
    ORDER_CONFIRMED: ({ number, total }) => ({
      title: `Order ${number} is confirmed`,
      body: `Thank you for your order ${number} of ${total}. We are packing it now.`,
      hasLines: true,
      link: orderLink(number),
    }),
    ORDER_CANCELLED: ({ number, details: { reason } }) => ({
      title: `Order ${number} is cancelled`,
      body: ['We cancelled your order', `${number}.`, reason ? CANCELLED[reason] : ''].join(' ').trim(),
      paragraphs: ['What was paid for it goes back to where it came from.'],
      link: orderLink(number),
    }),
    PAYMENT_FAILED: ({ number, total, details: { code } }) => ({
      title: `The payment of order ${number} failed`,
      body: `The payment of ${total} for your order ${number} was declined. Nothing was charged.`,
      paragraphs: [
        code === 'insufficient_funds'
          ? 'Your bank says that there was not enough money on the account.'
          : 'Your bank can tell you why. Another card, or another way to pay, may work.',
        'The order was cancelled: please order again.',
      ],
      link: orderLink(number),
    }),
    PAYMENT_ACTION_NEEDED: ({ number, total, details, format }) => {
      const until = format.instant(new Date(details.expiresAt))
      return {
        title: `Order ${number} waits for you`,
        body: `Please confirm the payment of ${total} for your order ${number} by ${until}.`,
        paragraphs: ['After that the order is cancelled and nothing is charged.'],
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
      body: `${format.count(details.units, UNITS)} of your order ${number} were delivered.`,
      paragraphs: ['If something does not fit, you can send it back.'],
      link: orderLink(number),
    }),
    ORDER_REFUNDED: ({ number, details: { amount }, format }) => {
      const refunded = format.money(BigInt(amount.amountMinor), amount.currencyCode)
      return {
        title: `${refunded} is on its way back to you`,
        body: `We refunded ${refunded} of your order ${number}.`,
        paragraphs: ['It may take your bank some days to show it.'],
        link: orderLink(number),
      }
    },
    RETURN_REQUESTED: ({ number }) => ({
      title: `We have your return of order ${number}`,
      body: `You want to send back something of order ${number}. We look at it and answer soon.`,
      paragraphs: ['Please do not send anything before we have agreed.'],
      link: orderLink(number),
    }),
    RETURN_APPROVED: ({ number }) => ({
      title: `You may send back your return of order ${number}`,
      body: `We agreed to your return of order ${number}. Please send it now.`,
      paragraphs: ['The refund follows as soon as the parcel is with us.'],
      link: ['See the return', `/orders/${number}`],
    }),
    RETURN_REJECTED: ({ number, details: { rejection } }) => ({
      title: `We cannot take back your return of order ${number}`,
      body: `We cannot take back what you asked for of order ${number}.`,
      paragraphs: rejection ? [rejection] : [],
      link: orderLink(number),
    }),
    RETURN_RECEIVED: ({ number }) => ({
      title: `Your return of order ${number} is with us`,
      body: `Your return of order ${number} came in. The refund is on its way.`,
      link: orderLink(number),
    }),
    PASSWORD_RESET: ({ details, format }) => ({
      title: 'A new password for Argyle',
      body: `Somebody, we hope you, has forgotten the password of your account. The link works once, until ${format.instant(new Date(details.expiresAt))}.`,
      paragraphs: ['If it was not you, nothing needs to be done: your password stays as it is.'],
      link: ['Choose a new password', '/account/reset-password#token={token}'],
    }),
    EMAIL_VERIFICATION: ({ details, format }) => ({
      title: 'Is this your e-mail address?',
      body: `Please confirm that this is the address of your account. The link works once, until ${format.instant(new Date(details.expiresAt))}.`,
      paragraphs: ['If you have no account with us, nothing needs to be done.'],
      link: ['Confirm the address', '/account/verify-email#token={token}'],
    }),
    EMAIL_CHANGE: ({ details, format }) => ({
      title: 'Is this your new e-mail address?',
      body: `Please confirm that this is to be the address of your account. The link works once, until ${format.instant(new Date(details.expiresAt))}.`,
      paragraphs: ['If you did not ask for it, nothing needs to be done.'],
      link: ['Confirm the address', '/account/change-email#token={token}'],
    }),
    EMAIL_CHANGED({ details: { expiresAt }, format, isAnswered }) {
      const title = 'Your e-mail address was changed'
      if (expiresAt === undefined)
        return {
          title,
          body: 'An account that was opened with this address has another one now.',
          paragraphs: [`If the account is yours and it was not you, ${contact(isAnswered)}.`],
          link: ['Go to the shop', '/'],
        }
      return {
        title,
        body: `Your account has another e-mail address now. If it was not you, take the change back by ${format.instant(new Date(expiresAt))}.`,
        paragraphs: ['All devices are then signed out, and we send you a link to a new password.'],
        link: ['It was not me', '/account/undo-email-change#token={token}'],
      }
    },
    PASSWORD_CHANGED: () => ({
      title: 'Your password was changed',
      body: 'The password of your account was changed, and other devices were signed out.',
      paragraphs: [
        'Push messages to browsers have ended. If text messages of the account go to a number, see in the settings that it is yours.',
        'If it was not you, ask for a new password at once.',
      ],
      link: ['Ask for a new password', '/account/forgotten-password'],
    }),
    NEW_SIGN_IN: ({ details: { at }, format }) => ({
      title: 'A new sign-in to your account',
      body: `Somebody signed in to your account on ${format.instant(new Date(at))}, from a place that is new to us.`,
      paragraphs: [
        'If it was you, nothing needs to be done. If not, ask for a new password at once: it ends all sessions.',
      ],
      link: ['Ask for a new password', '/account/forgotten-password'],
    }),
    ACCOUNT_DELETED: ({ isAnswered }) => ({
      title: 'Your account is deleted',
      body: 'Your account with us is deleted. Orders stay in our books without your name, and your reviews without it as well.',
      paragraphs: [`What is under way to you still arrives. If it was not you, ${contact(isAnswered)}.`],
      link: ['Go to the shop', '/'],
    }),
    PHONE_VERIFICATION: () => ({
      title: 'The code for your phone',
      body: '{token} is your code. It counts once, for ten minutes. If you did not ask for it, nothing needs to be done.',
    }),
    REVIEW_PUBLISHED: ({ details: { rating }, format }) => ({
      title: 'Your review is published',
      body: `Thank you: your review with ${format.count(rating, STARS)} is published.`,
      link: ['See your reviews', '/account/reviews'],
    }),
    STAFF_DIGEST: ({ details: { lowStock, breaches, failures }, format }) => {
      const told = [
        lowStock.count > 0 ? format.count(lowStock.count, { one: '# low stock', other: '# low stocks' }) : '',
        breaches.count > 0
          ? format.count(breaches.count, { one: '# missed deadline', other: '# missed deadlines' })
          : '',
        failures.count > 0
          ? format.count(failures.count, { one: '# failed job', other: '# failed jobs' })
          : '',
      ].filter(Boolean)
      return {
        title: `Since the last digest: ${told.join(', ')}`,
        body: `Since the last digest there are ${told.join(', ')}.`,
        rows: [
          ...lowStock.lines.map(({ name, available, reorderPoint }) => ({
            label: name,
            value: `${available} available, reorder point ${reorderPoint}`,
          })),
          ...breaches.lines.map(({ ticketId, clock, priority }) => ({
            label: `Ticket ${ticketId}`,
            value: `${clock === 'RESOLUTION' ? 'not resolved in time' : 'not answered in time'}, ${priority}`,
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
