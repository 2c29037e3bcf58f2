import { expect, test } from 'vitest'
import type { Account } from './account/account.ts'
import type { Address } from './address/address.ts'
import * as events from './events.ts'

const AT = new Date('2026-11-21T09:00:00Z')
const INSTANT = '2026-11-21T09:00:00.000Z'
const ACCOUNT: Account = {
  ...{ id: 'usr_1', email: 'ada@argyle.example', displayName: 'Ada', version: 6 },
  ...{ roles: ['CUSTOMER', 'SUPPORT'], createdAt: AT, updatedAt: AT, emailVerifiedAt: null },
}
const CONTENT = {
  ...{ recipient: 'Ada Lovelace', line1: '1 Loom Lane', line2: 'Flat 3', city: 'Leeds' },
  ...{ region: 'Yorkshire', postalCode: 'LS1 4AP', countryCode: 'GB' },
}
const ADDRESS: Address = {
  ...{ ...CONTENT, id: 'adr_1', userId: 'usr_1', isDefault: true, version: 3, createdAt: AT, updatedAt: AT },
}
const OWNER = { userId: 'usr_1', email: 'ada@argyle.example' }
const LINK = {
  ...{ id: 'lnk_1', purpose: 'VERIFY_EMAIL', sealedToken: 'sealed', expiresAt: AT },
  ...OWNER,
}

/** The type of each event without `users.`, its subject, sequence and data. */
const CASES = [
  [events.profileUpdated(ACCOUNT), 'profile.updated', 'usr_1', 6, { userId: 'usr_1', displayName: 'Ada' }],
  [events.contactChanged(ACCOUNT), 'contact.changed', 'usr_1', 6, { ...OWNER, displayName: 'Ada' }],
  [events.rolesChanged(ACCOUNT), 'roles.changed', 'usr_1', 6, { userId: 'usr_1', roles: ACCOUNT.roles }],
  [events.emailVerified(ACCOUNT), 'email.verified', 'usr_1', 6, OWNER],
  [
    events.linkMade(LINK),
    ...(['link.made', 'lnk_1', 1] as const),
    { ...OWNER, linkId: 'lnk_1', purpose: 'VERIFY_EMAIL', sealedToken: 'sealed', expiresAt: INSTANT },
  ],
  [events.emailReplaced('emc_1', ACCOUNT), 'email.replaced', 'emc_1', 1, { ...OWNER, changeId: 'emc_1' }],
  [events.passwordChanged('pwc_1', OWNER), 'password.changed', 'pwc_1', 1, { ...OWNER, changeId: 'pwc_1' }],
  [
    events.accountDeleted({ userId: 'usr_1', version: 7, deletedAt: AT }),
    ...(['account.deleted', 'usr_1', 7, { userId: 'usr_1', deletedAt: INSTANT }] as const),
  ],
  [
    events.signInNoticed('sgn_1', OWNER, AT),
    ...(['sign_in.noticed', 'sgn_1', 1, { ...OWNER, signInId: 'sgn_1', at: INSTANT }] as const),
  ],
  [
    events.addressSaved(ADDRESS),
    ...(['address.saved', 'adr_1', 3, { ...CONTENT, addressId: 'adr_1', userId: 'usr_1' }] as const),
  ],
  [
    events.addressRemoved(ADDRESS),
    ...(['address.removed', 'adr_1', 4, { addressId: 'adr_1', userId: 'usr_1' }] as const),
  ],
] as const

test.each(CASES.map(([event, what, ...rest]) => [what, event, ...rest] as const))(
  'users.%s is published with its values',
  (what, event, subject, sequence, data) => {
    expect(event).toEqual({ type: `users.${what}`, subject, sequence, data })
  },
)
