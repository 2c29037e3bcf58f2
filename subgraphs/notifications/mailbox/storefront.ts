// Tested in mailbox.test.ts: the test requests the pages from the mailbox.

/** Pages that links of e-mails lead to, and the operation that a storefront would send there. */
const OPERATIONS: readonly (readonly [path: RegExp, title: string, operation: string])[] = [
  [
    /^\/account\/reset-password$/,
    'Choose a new password',
    `mutation {
  resetPassword(input: { token: "TOKEN", password: "the new password" }) {
    isChanged
    userErrors { ... on UserError { message } }
  }
}`,
  ],
  [
    /^\/account\/verify-email$/,
    'Confirm the address',
    `mutation {
  verifyEmail(input: { token: "TOKEN" }) {
    isVerified
    userErrors { ... on UserError { message } }
  }
}`,
  ],
  [
    /^\/account\/change-email$/,
    'Confirm the new address',
    `mutation {
  confirmEmailChange(input: { token: "TOKEN" }) {
    isChanged
    userErrors { ... on UserError { message } }
  }
}`,
  ],
  [
    /^\/account\/undo-email-change$/,
    'Take the change of the address back',
    `mutation {
  undoEmailChange(input: { token: "TOKEN" }) {
    isUndone
    userErrors { ... on UserError { message } }
  }
}`,
  ],
  [
    /^\/account\/forgotten-password$/,
    'Ask for a new password',
    `mutation {
  requestPasswordReset(input: { email: "ada@argyle.example" }) {
    isAccepted
  }
}`,
  ],
  [
    /^\/account\/reviews$/,
    'Your reviews',
    '{ me { reviews(first: 10) { edges { node { title rating } } } } }',
  ],
  [
    /^\/account\/tickets$/,
    'Your tickets',
    '{ me { tickets(first: 10) { edges { node { subject status messages { edges { node { body } } } } } } } }',
  ],
  [
    /^\/staff$/,
    'What is open for staff',
    `{
  lowStockAlerts(first: 10, state: OPEN) { edges { node { id } } }
  tickets(first: 10, sort: DUE, filter: { isBreached: true }) { edges { node { subject priority } } }
  failedNotifications(first: 10) { edges { node { id channel title } } }
}`,
  ],
  [
    /^\/products(?:\/[\w-]{1,100})?$/,
    'Our socks',
    '{ products(first: 10) { edges { node { slug title priceRange(currency: EUR) { min { amount } } } } } }',
  ],
  [
    /^\/orders\/[A-Z0-9-]{1,30}$/,
    'Your orders',
    '{ me { orders(first: 10) { edges { node { number status } } } } }',
  ],
]

export type Storefront = { readonly title: string; readonly operation: string; readonly hasToken: boolean }

/** The stand-in for a page of a storefront; null for a path that no e-mail links to. */
export function storefrontOf(path: string): Storefront | null {
  const found = OPERATIONS.find(([pattern]) => pattern.test(path))
  if (!found) return null
  const [, title, operation] = found
  return { title, operation, hasToken: operation.includes('"TOKEN"') }
}
