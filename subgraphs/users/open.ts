import { auditLog } from '@argyle/kit/audit'
import { copyWaiter } from '@argyle/kit/copies'
import { openPrisma } from '@argyle/kit/database'
import type { Opening } from '@argyle/kit/subgraph'
import { throttleOn } from '@argyle/kit/throttle'
import { accountStore } from './account/account-store.ts'
import { deletionStore } from './account/deletion-store.ts'
import { addressStore } from './address/address-store.ts'
import { passwordChecker } from './credential/check-password.ts'
import { hashQueue } from './credential/hash-queue.ts'
import { ownPasswordChecker } from './credential/own-password.ts'
import { PrismaClient } from './generated/prisma/client.ts'
import { emailChange } from './recovery/email-change.ts'
import { emailChangeStore } from './recovery/email-change-store.ts'
import { linkGate } from './recovery/link-gate.ts'
import { linkStore } from './recovery/link-store.ts'
import { recovery } from './recovery/recovery.ts'
import { authentication } from './session/authentication.ts'
import { sessionOpener } from './session/open-session.ts'
import { sessionStore } from './session/session-store.ts'
import { signInStore } from './session/sign-in-store.ts'
import type { UserSettings } from './settings.ts'
import { signingKeyStore } from './signing-key/signing-key-store.ts'

/** The resources of the subgraph. */
export type Resources = Awaited<ReturnType<typeof openResources>>

/** Opens the stores, and ensures that signing keys exist. */
export async function openResources({ database, clock, config, log, publishNow }: Opening<UserSettings>) {
  const prisma = openPrisma(PrismaClient, database)
  const accounts = accountStore(prisma, clock)
  const sessions = sessionStore(prisma, clock)
  const throttle = throttleOn(prisma, clock)
  const keys = signingKeyStore(prisma, clock, config.SIGNING_KEY_SECRET)
  await keys.rotate()
  const queue = hashQueue()
  const checkPassword = passwordChecker({ accounts, throttle, queue })
  const ownPassword = ownPasswordChecker({ accounts, checkPassword })
  const linkParts = { prisma, clock, linkKey: config.LINK_KEY }
  const links = linkStore(linkParts)
  const signIns = signInStore(linkParts)
  const gate = linkGate({ links, throttle })
  const parties = { issuer: config.ACCESS_TOKEN_ISSUER, audience: config.ACCESS_TOKEN_AUDIENCE }
  return {
    prisma,
    audit: auditLog(prisma),
    accounts,
    addresses: addressStore(prisma, clock),
    addressCopied: copyWaiter({ prisma, consumers: ['orders'], publishNow }),
    nameCopied: copyWaiter({ prisma, consumers: ['reviews'], publishNow }),
    deletions: deletionStore(prisma, clock),
    ownPassword,
    sessions,
    throttle,
    keys,
    links,
    signIns,
    recovery: recovery({ accounts, links, gate, queue, ownPassword }),
    emailChange: emailChange({ changes: emailChangeStore(linkParts), links, gate, throttle, ownPassword }),
    cookieSecure: config.COOKIE_SECURE === 'true',
    authentication: authentication({
      accounts,
      sessions,
      signIns,
      throttle,
      queue,
      checkPassword,
      open: sessionOpener(keys, parties, clock),
      clock,
      onReplay: (userId, sessionId) =>
        log.warn({ userId, sessionId }, 'a consumed refresh token was used again'),
    }),
  }
}
