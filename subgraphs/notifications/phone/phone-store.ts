// Tested in ../sms.int.test.ts: its transactions need a database.
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { newId } from '@argyle/kit/ids'
import { seal } from '@argyle/kit/sealed'
import { type Allowance, addressBucket, hashedBucket, type Throttle } from '@argyle/kit/throttle'
import { echo, type ValidationError, validationError } from '@argyle/kit/user-errors'
import { resumeAddress } from '../delivery/address-store.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { ofUser } from '../occasion/occasion.ts'
import { insertOccasion } from '../occasion/occasion-rows.ts'
import {
  CODE_MINUTES,
  checkCode,
  codeHashOf,
  codeKeyOf,
  MAX_ATTEMPTS,
  newCode,
  type PendingPhone,
} from './phone.ts'

/** Limits of codes that are sent: each costs money, and may go to somebody who did not ask for it. */
export const CODES_PER_ACCOUNT: Allowance = { burst: 3, everyMs: 1_200_000 }
/** Limit of codes that are sent to one number. */
export const CODES_PER_NUMBER: Allowance = { burst: 3, everyMs: 3_600_000 }
/** Limit of codes that one client address asks for. */
export const CODES_PER_ADDRESS: Allowance = { burst: 10, everyMs: 600_000 }

const MINUTE_MS = 60_000

const PEND = `
INSERT INTO phone_code (user_id, id, number, code_hash, expires_at, tries_left) VALUES ($1, $2, $3, $4, $5::timestamptz, ${MAX_ATTEMPTS})
ON CONFLICT (user_id) DO UPDATE
   SET id = EXCLUDED.id, number = EXCLUDED.number, code_hash = EXCLUDED.code_hash, expires_at = EXCLUDED.expires_at,
       tries_left = EXCLUDED.tries_left`
// The row stays locked until the try is counted, so that many tries at once all count.
const LOCK_PENDING = `
SELECT id, number, code_hash AS "codeHash", expires_at AS "expiresAt", tries_left AS "triesLeft"
  FROM phone_code WHERE user_id = $1 FOR UPDATE`
const COUNT_TRY = 'UPDATE phone_code SET tries_left = tries_left - 1 WHERE user_id = $1'
const KEEP = `
INSERT INTO phone (user_id, number, verified_at) VALUES ($1, $2, $3::timestamptz)
ON CONFLICT (user_id) DO UPDATE SET number = EXCLUDED.number, verified_at = EXCLUDED.verified_at`
const OF_USER = `
SELECT p.number, p.verified_at AS "verifiedAt", s.since AS "stoppedAt"
  FROM phone p LEFT JOIN stopped_address s ON s.address = p.number WHERE p.user_id = $1`
const FORGET = 'DELETE FROM phone_code WHERE expires_at <= $1::timestamptz'

/** The number of an account to which text messages go. */
export type Phone = { readonly number: string; readonly verifiedAt: Date; readonly stoppedAt: Date | null }

type Parts = {
  readonly prisma: PrismaClient
  readonly clock: Clock
  readonly throttle: Throttle
  readonly linkKey: Uint8Array
}

/** Numbers of accounts, and the codes that prove them. */
export function phoneStore({ prisma, clock, throttle, linkKey }: Parts) {
  const codeKey = codeKeyOf(linkKey)

  return {
    async of(userId: string): Promise<Phone | null> {
      const [row] = await prisma.$queryRawUnsafe<Phone[]>(OF_USER, userId)
      return row ?? null
    },

    /** Sends a code to a number. It replaces the previous code. @throws GraphQLError RATE_LIMITED */
    async request(userId: string, number: string, clientAddress: string | null): Promise<void> {
      await throttle.take(addressBucket('phone-code', clientAddress), CODES_PER_ADDRESS)
      await throttle.take(hashedBucket('phone-code-account', userId), CODES_PER_ACCOUNT)
      await throttle.take(hashedBucket('phone-code-number', number), CODES_PER_NUMBER)
      const [id, code, now] = [newId('phv'), newCode(), clock()]
      const expiresAt = new Date(now.getTime() + CODE_MINUTES * MINUTE_MS)
      const sealedToken = Buffer.from(seal(linkKey, Buffer.from(code))).toString('base64url')
      const details = {
        ...{ kind: 'PHONE_VERIFICATION' as const, phone: number, sealedToken },
        expiresAt: expiresAt.toISOString(),
      }
      await prisma.$transaction(async (tx) => {
        await tx.$executeRawUnsafe(PEND, userId, id, number, codeHashOf(codeKey, id, code), expiresAt)
        await insertOccasion(tx, ofUser(userId, details, id), now)
      })
    },

    /** Saves the number that the code was sent to. A code works once. */
    verify: (userId: string, code: string): Promise<Decision<null, ValidationError>> =>
      prisma.$transaction(async (tx) => {
        const [pending = null] = await tx.$queryRawUnsafe<PendingPhone[]>(LOCK_PENDING, userId)
        const now = clock()
        const result = checkCode(codeKey, pending, code, now)
        if (result === 'OVER' || !pending) return refuse(noCode(code))
        if (result === 'WRONG') {
          await tx.$executeRawUnsafe(COUNT_TRY, userId)
          return refuse(wrongCode(code, pending.triesLeft - 1))
        }
        await tx.phoneCode.deleteMany({ where: { userId } })
        await tx.$executeRawUnsafe(KEEP, userId, pending.number, now)
        await resumeAddress(tx, pending.number)
        return accept(null)
      }),

    /** Stops text messages to an account. It is idempotent. */
    async remove(userId: string): Promise<void> {
      await prisma.$transaction(async (tx) => {
        await tx.phone.deleteMany({ where: { userId } })
        await tx.phoneCode.deleteMany({ where: { userId } })
      })
    },

    /** Deletes expired codes. */
    async forget(): Promise<void> {
      await prisma.$executeRawUnsafe(FORGET, clock())
    },
  }
}

function noCode(code: string): ValidationError {
  const message = `code is ${echo(code)}, but no code is pending: allowed is a code of the last ${CODE_MINUTES} minutes, within ${MAX_ATTEMPTS} attempts; request another`
  return validationError(message, ['code'])
}

function wrongCode(code: string, triesLeft: number): ValidationError {
  const message = `code is ${echo(code)}: allowed is the code of the last text message; ${triesLeft} attempts are left`
  return validationError(message, ['code'])
}

export type PhoneStore = ReturnType<typeof phoneStore>
