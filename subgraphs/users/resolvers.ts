// Tested in ownership.int.test.ts: the test runs operations.

import { connectionOf, pageArgs } from '@argyle/kit/connection'
import { type Decision, payload } from '@argyle/kit/decision'
import { isSelf, requireUser } from '@argyle/kit/identity'
import { isId, readId } from '@argyle/kit/ids'
import type { GraphQLResolveInfo } from 'graphql'
import { cursorOfAccount, NEWEST } from './account/account-cursor.ts'
import { giveRole, takeRole, updateProfile } from './account/change-account.ts'
import { deleteOwnAccount } from './account/delete-account.ts'
import { maySee, readerOf, requireScope, signedInReader } from './account/reader.ts'
import { addToBook, changeInBook, removeFromBook } from './address/change-address-book.ts'
import type { Context } from './context.ts'
import type { Resolvers } from './generated/resolvers.ts'
import type { Opened } from './session/open-session.ts'

/**
 * The payload of an opened session. The refresh token goes into the cookie only. The answer's viewer is the
 * account that has signed in, in the other subgraphs too.
 */
function sessionPayload<E>(
  { cookie, nameReader }: Context,
  { path }: GraphQLResolveInfo,
  decision: Decision<Opened, E>,
) {
  if (decision.ok) {
    cookie.keep(decision.value.refreshToken)
    nameReader(String(path.key), decision.value.accessToken)
  }
  return payload('session', decision)
}

/** The refusals of a decision; empty for an accepted one. */
function errorsOf<T, E>(decision: Decision<T, E>): E[] {
  return decision.ok ? [] : [...decision.errors]
}

/** Resolvers only translate: they read arguments, call one function, shape the result. */
export const resolvers: Resolvers = {
  Query: {
    me: (_, __, { viewer, load }) => load.userById.load(requireUser(viewer).id),
    user: (_, { id }, { load }) => load.userById.load(readId('id', 'usr', id)),
    async users(_, args, { accounts }) {
      const page = pageArgs(args, { sort: NEWEST })
      return connectionOf(await accounts.page(page), page, { sort: NEWEST, cursorOf: cursorOfAccount })
    },
    usersAudit: (_, args, { audit }) => audit.page(pageArgs(args), args.subjectId ?? null),
  },

  Mutation: {
    signUp: async (_, { input }, context, info) =>
      sessionPayload(context, info, await context.authentication.signUp(input, context.clientAddress)),
    signIn: async (_, { input }, context, info) =>
      sessionPayload(context, info, await context.authentication.signIn(input, context.clientAddress)),
    async refreshSession(_, __, context, info) {
      const { authentication, clientAddress, cookie } = context
      const decision = await authentication.refresh(cookie.token, clientAddress)
      if (!decision.ok) cookie.drop()
      return sessionPayload(context, info, decision)
    },
    async signOut(_, { everywhere }, { authentication, viewer, cookie }) {
      await authentication.signOut(requireUser(viewer), everywhere ?? false)
      cookie.drop()
      return { ok: true }
    },
    async requestPasswordReset(_, { input }, { recovery, clientAddress }) {
      const decision = await recovery.requestPasswordReset(input, clientAddress)
      return { isAccepted: decision.ok, userErrors: errorsOf(decision) }
    },
    async resetPassword(_, { input }, { recovery, clientAddress }) {
      const decision = await recovery.resetPassword(input, clientAddress)
      return { isChanged: decision.ok, userErrors: errorsOf(decision) }
    },
    async changePassword(_, { input }, { recovery, viewer, clientAddress }) {
      const decision = await recovery.changePassword(requireUser(viewer), input, clientAddress)
      return { isChanged: decision.ok, userErrors: errorsOf(decision) }
    },
    async requestEmailVerification(_, __, { recovery, viewer, clientAddress }) {
      const isAccepted = await recovery.requestEmailVerification(requireUser(viewer), clientAddress)
      return { isAccepted, userErrors: [] }
    },
    async verifyEmail(_, { input }, { recovery, clientAddress }) {
      const decision = await recovery.verifyEmail(input, clientAddress)
      return { isVerified: decision.ok, userErrors: errorsOf(decision) }
    },
    async requestEmailChange(_, { input }, { emailChange, viewer, clientAddress }) {
      const decision = await emailChange.request(requireUser(viewer), input, clientAddress)
      return { isAccepted: decision.ok, userErrors: errorsOf(decision) }
    },
    async confirmEmailChange(_, { input }, { emailChange, clientAddress }) {
      const decision = await emailChange.confirm(input, clientAddress)
      return { isChanged: decision.ok, userErrors: errorsOf(decision) }
    },
    async undoEmailChange(_, { input }, { emailChange, clientAddress }) {
      const decision = await emailChange.undo(input, clientAddress)
      return { isUndone: decision.ok, userErrors: errorsOf(decision) }
    },
    async deleteAccount(_, { input }, context) {
      const { viewer, clientAddress, cookie } = context
      const decision = await deleteOwnAccount(context, requireUser(viewer), input, clientAddress)
      if (decision.ok) cookie.drop()
      return payload('deletedUserId', decision)
    },
    updateProfile: async (_, { input }, context) =>
      payload('user', await updateProfile(context, requireUser(context.viewer), input)),
    addAddress: async (_, { input }, context) =>
      payload('address', await addToBook(context, requireUser(context.viewer), input)),
    updateAddress: async (_, { input }, context) =>
      payload('address', await changeInBook(context, requireUser(context.viewer), input)),
    removeAddress: async (_, { input }, context) =>
      payload('removedAddressId', await removeFromBook(context, requireUser(context.viewer), input)),
    grantRole: async (_, { input }, { accounts, viewer }) =>
      payload('user', await giveRole(accounts, requireUser(viewer), input)),
    revokeRole: async (_, { input }, { accounts, viewer }) =>
      payload('user', await takeRole(accounts, requireUser(viewer), input)),
  },

  User: {
    __resolveReference: ({ id }, { load }) => (isId('usr', id) ? load.userById.load(id) : null),
    // Private fields are null for strangers.
    email: (user, _, { viewer }) => (maySee(signedInReader(user, viewer), user.id) ? user.email : null),
    isEmailVerified: (user, _, { viewer }) =>
      maySee(signedInReader(user, viewer), user.id) ? user.emailVerifiedAt !== null : null,
    addresses: (user, _, { viewer, load }) =>
      maySee(signedInReader(user, viewer), user.id) ? load.addressesByUserId.load(user.id) : null,
    roles(user, _, { viewer }) {
      requireScope(user, viewer, 'users:read')
      return [...user.roles]
    },
    async sessions(user, _, { viewer, load }) {
      const reader = signedInReader(user, viewer)
      if (!isSelf(reader, user.id)) return null
      return (await load.sessionsByUserId.load(user.id)).map((session) => ({ ...session, reader }))
    },
    createdAt: (user, _, { viewer }) => (maySee(readerOf(user, viewer), user.id) ? user.createdAt : null),
    version: (user, _, { viewer }) => (maySee(readerOf(user, viewer), user.id) ? user.version : null),
  },
  UserConnection: { totalCount: (_, __, { accounts }) => accounts.count() },
  Session: { user: ({ account, reader }) => ({ ...account, reader }) },
  ActiveSession: { current: ({ id, reader }) => reader.sessionId === id },
}
