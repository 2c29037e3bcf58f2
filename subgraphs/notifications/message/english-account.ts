// Tested in message.test.ts: messages are tested in all languages.

import type { AccountKind, Wording } from './message.ts'

const contact = (isAnswered: boolean) =>
  isAnswered ? 'please answer this e-mail' : 'please contact the shop. Answers to this e-mail are not read'

/** The texts about an account in English. */
export const englishOfAccount: Pick<Wording['texts'], AccountKind> = {
  WELCOME: () => ({
    title: 'Welcome to Argyle',
    body: 'Your account is ready.',
    paragraphs: ['You will find your addresses, orders and returns in your account.'],
    link: ['Go to the shop', '/'],
  }),
  PASSWORD_RESET: ({ details, format }) => ({
    title: 'A new password for Argyle',
    body: `Someone, hopefully you, asked to reset the password of your account. The link works once, until ${format.instant(new Date(details.expiresAt))}.`,
    paragraphs: ['If it was not you, you do not need to do anything. Your password is unchanged.'],
    link: ['Choose a new password', '/account/reset-password#token={token}'],
  }),
  EMAIL_VERIFICATION: ({ details, format }) => ({
    title: 'Is this your e-mail address?',
    body: `Please confirm that this is the address of your account. The link works once, until ${format.instant(new Date(details.expiresAt))}.`,
    paragraphs: ['If you have no account with us, you do not need to do anything.'],
    link: ['Confirm the address', '/account/verify-email#token={token}'],
  }),
  EMAIL_CHANGE: ({ details, format }) => ({
    title: 'Is this your new e-mail address?',
    body: `Please confirm that this is the new address of your account. The link works once, until ${format.instant(new Date(details.expiresAt))}.`,
    paragraphs: ['If you did not request it, you do not need to do anything.'],
    link: ['Confirm the address', '/account/change-email#token={token}'],
  }),
  EMAIL_CHANGED({ details: { expiresAt }, format, isAnswered }) {
    const title = 'Your e-mail address was changed'
    if (expiresAt === undefined)
      return {
        title,
        body: 'The e-mail address of an account that was opened with this address was changed.',
        paragraphs: [`If the account is yours and it was not you, ${contact(isAnswered)}.`],
        link: ['Go to the shop', '/'],
      }
    return {
      title,
      body: `The e-mail address of your account was changed. If it was not you, revert the change by ${format.instant(new Date(expiresAt))}.`,
      paragraphs: ['All devices are then signed out, and we send you a link to a new password.'],
      link: ['It was not me', '/account/undo-email-change#token={token}'],
    }
  },
  PASSWORD_CHANGED: () => ({
    title: 'Your password was changed',
    body: 'The password of your account was changed, and other devices were signed out.',
    paragraphs: [
      'Push messages to browsers were turned off. If your account has a telephone number, check in the settings that it is yours.',
      'If it was not you, ask for a new password at once.',
    ],
    link: ['Ask for a new password', '/account/forgotten-password'],
  }),
  NEW_SIGN_IN: ({ details: { at }, format }) => ({
    title: 'A new sign-in to your account',
    body: `Someone signed in to your account on ${format.instant(new Date(at))}, from a new place.`,
    paragraphs: [
      'If it was you, you do not need to do anything. If not, request a new password at once. This ends all sessions.',
    ],
    link: ['Ask for a new password', '/account/forgotten-password'],
  }),
  ACCOUNT_DELETED: ({ isAnswered }) => ({
    title: 'Your account is deleted',
    body: 'Your account with us is deleted. Your orders stay in our books, and your reviews remain, both without your name.',
    paragraphs: [
      `Parcels on their way to you will still be delivered. If it was not you, ${contact(isAnswered)}.`,
    ],
    link: ['Go to the shop', '/'],
  }),
  PHONE_VERIFICATION: () => ({
    title: 'Your verification code',
    body: '{token} is your verification code. It works once, within ten minutes. If you did not request it, you do not need to do anything.',
  }),
}
