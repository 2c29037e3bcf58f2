// Tested in ../preferences.int.test.ts: its transactions need a database.
import type { Clock } from '@argyle/kit/clock'
import type { TransactionOf } from '@argyle/kit/database'
import type { Decision } from '@argyle/kit/decision'
import { isId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type { DigestTime } from '../digest/digest.ts'
import { digestTimeOf, reschedule } from '../digest/digest-store.ts'
import { consentChanged } from '../events.ts'
import type { PrismaClient } from '../generated/prisma/client.ts'
import type { Kind } from '../occasion/occasion.ts'
import { type ChannelInUse, isOnByDefault, isRequired, KINDS } from './policy.ts'
import { acceptsCampaigns, type Choice, type Preferences, type Wishes } from './preference.ts'
import type { QuietHours } from './quiet-hours.ts'

type Tx = TransactionOf<PrismaClient>

/** A message that is about to be saved. */
export type Addressed = {
  readonly recipient: string
  readonly userId: string | null
  readonly kind: Kind
  readonly channel: ChannelInUse
  readonly address: string | null
}

const CHOSEN = `
SELECT recipient, kind, channel, false AS "isEnabled" FROM opt_out WHERE recipient = ANY($1::text[])
 UNION ALL
SELECT recipient, kind, channel, true FROM opt_in WHERE recipient = ANY($1::text[])
 ORDER BY kind, channel`
const QUIET = `
SELECT user_id AS "userId", quiet_from AS "from", quiet_until AS "until", time_zone AS "timeZone"
  FROM person_setting WHERE user_id = ANY($1::text[]) AND quiet_from IS NOT NULL`
const PROVED = `
SELECT 1 FROM person p JOIN verified_address v ON v.user_id = p.user_id AND v.email = p.email WHERE p.user_id = $1`
const STOPPED = 'SELECT address, reason FROM stopped_address WHERE address = ANY($1::text[])'
const TURN_OFF = `
INSERT INTO opt_out (recipient, kind, channel, since) SELECT $1, kind, 'EMAIL', $3::timestamptz FROM unnest($2::text[]) AS kind
ON CONFLICT DO NOTHING`
const WITHDRAW = `DELETE FROM opt_in WHERE recipient = $1 AND channel = 'EMAIL' AND kind = ANY($2::text[]) RETURNING kind`
const COUNT_CHANGE = 'UPDATE person_setting SET version = version + 1 WHERE user_id = $1 RETURNING version'

type ChosenRow = Choice & { readonly recipient: string }
type QuietRow = QuietHours & { readonly userId: string }

type StoppedRow = { readonly address: string; readonly reason: string }

/** Preferences of accounts, and the e-mails that guests have turned off. */
export function preferenceStore(prisma: PrismaClient, clock: Clock, shopTimeZone: string) {
  async function read(
    tx: Pick<Tx, '$queryRawUnsafe' | 'personSetting'>,
    userId: string,
  ): Promise<Preferences> {
    const setting = await tx.personSetting.findFirst({ where: { userId } })
    const rows = await tx.$queryRawUnsafe<ChosenRow[]>(CHOSEN, [userId])
    const chosen = rows.map(({ kind, channel, isEnabled }) => ({ kind, channel, isEnabled }))
    const { quietFrom = null, quietUntil = null, timeZone = null, version = 1 } = setting ?? {}
    const proved = await tx.$queryRawUnsafe<unknown[]>(PROVED, userId)
    const allowsOpenTracking = setting?.allowsOpenTracking ?? false
    const quietHours =
      quietFrom !== null && quietUntil !== null && timeZone !== null
        ? { from: quietFrom, until: quietUntil, timeZone }
        : null
    const { digestHour: hour = null, digestTimeZone: zone = null } = setting ?? {}
    const digestTime = hour !== null && zone !== null ? { hour, timeZone: zone } : null
    return {
      userId,
      chosen,
      quietHours,
      allowsOpenTracking,
      digestTime,
      isEmailVerified: proved.length > 0,
      version,
    }
  }

  /** Every change of an account's preferences locks its row first, which prevents deadlocks. */
  async function lock(tx: Tx, userId: string): Promise<void> {
    await tx.personSetting.createMany({ data: [{ userId, version: 1 }], skipDuplicates: true })
    await tx.$executeRaw`SELECT 1 FROM person_setting WHERE user_id = ${userId} FOR UPDATE`
  }

  async function save(tx: Tx, preferences: Preferences): Promise<void> {
    const { userId, chosen, quietHours, allowsOpenTracking, digestTime, version } = preferences
    const { from: quietFrom = null, until: quietUntil = null, timeZone = null } = quietHours ?? {}
    await tx.personSetting.updateMany({
      where: { userId },
      data: {
        ...{ quietFrom, quietUntil, timeZone, allowsOpenTracking, version },
        digestHour: digestTime?.hour ?? null,
        digestTimeZone: digestTime?.timeZone ?? null,
      },
    })
    const since = clock()
    const rowsOf = (isOn: boolean) =>
      chosen.flatMap(({ kind, channel, isEnabled }) =>
        isEnabled === isOn ? [{ recipient: userId, kind, channel, since }] : [],
      )
    const [out, into] = [rowsOf(false), rowsOf(true)]
    // Unchanged rows keep their time, since the time of a consent is its proof.
    const gone = (rows: typeof out) => ({
      where: { recipient: userId, NOT: { OR: rows.map(({ kind, channel }) => ({ kind, channel })) } },
    })
    await tx.optOut.deleteMany(gone(out))
    await tx.optIn.deleteMany(gone(into))
    await tx.optOut.createMany({ data: out, skipDuplicates: true })
    await tx.optIn.createMany({ data: into, skipDuplicates: true })
  }

  const timeOfDigest = (chosen: DigestTime | null) =>
    digestTimeOf({ hour: chosen?.hour ?? null, timeZone: chosen?.timeZone ?? null }, shopTimeZone)

  return {
    /** The time of a digest: as chosen, or the usual one. */
    timeOfDigest,

    of: (userId: string): Promise<Preferences> => read(prisma, userId),

    /** The time at which e-mail to the account's address was stopped; null if it is not. */
    async emailStoppedAt(userId: string): Promise<Date | null> {
      const [row] = await prisma.$queryRaw<{ since: Date }[]>`
        SELECT s.since FROM person p JOIN stopped_address s ON s.address = p.email WHERE p.user_id = ${userId}`
      return row?.since ?? null
    },

    /** Changes an account's preferences, under a lock. */
    change: <E>(
      userId: string,
      by: (preferences: Preferences) => Decision<Preferences, E>,
    ): Promise<Decision<Preferences, E>> =>
      prisma.$transaction(async (tx) => {
        await lock(tx, userId)
        const before = await read(tx, userId)
        const decision = by(before)
        if (!decision.ok) return decision
        const after = decision.value
        await save(tx, after)
        if (acceptsCampaigns(before) !== acceptsCampaigns(after))
          await appendEvents(tx, [consentChanged({ ...after, acceptsCampaigns: acceptsCampaigns(after) })])
        const { digestTime } = after
        if (
          digestTime?.hour !== before.digestTime?.hour ||
          digestTime?.timeZone !== before.digestTime?.timeZone
        )
          await reschedule(tx, userId, timeOfDigest(digestTime), clock())
        return decision
      }),

    /** Turns off the e-mails of a kind, or of all kinds (null), except required ones. It is idempotent. */
    async unsubscribe(recipient: string, kind: Kind | null): Promise<void> {
      const kinds = KINDS.filter((one) => (kind === null || one === kind) && !isRequired(one, 'EMAIL'))
      const isAccount = isId('usr', recipient)
      await prisma.$transaction(async (tx) => {
        if (isAccount) await lock(tx, recipient)
        const ofDefault = kinds.filter((one) => isOnByDefault(one, 'EMAIL'))
        const changed = await tx.$executeRawUnsafe(TURN_OFF, recipient, ofDefault, clock())
        if (!isAccount) return
        const withdrawn = await tx.$queryRawUnsafe<{ kind: Kind }[]>(WITHDRAW, recipient, kinds)
        if (changed === 0 && withdrawn.length === 0) return
        const [counted] = await tx.$queryRawUnsafe<{ version: number }[]>(COUNT_CHANGE, recipient)
        if (withdrawn.some((one) => one.kind === 'CAMPAIGN') && counted)
          await appendEvents(tx, [consentChanged({ userId: recipient, acceptsCampaigns: false, ...counted })])
      })
    },
  }
}

/** The wishes of the recipients of these messages, and their stopped addresses: three statements, however many they are. */
export async function wishesOf(
  tx: Tx,
  messages: readonly Addressed[],
): Promise<(message: Addressed) => Wishes> {
  const recipients = [...new Set(messages.map(({ recipient }) => recipient))]
  const chosen = await tx.$queryRawUnsafe<ChosenRow[]>(CHOSEN, recipients)
  const quiet = await tx.$queryRawUnsafe<QuietRow[]>(QUIET, recipients)
  const addresses = messages.flatMap(({ address }) => (address === null ? [] : [address]))
  const stopped = await tx.$queryRawUnsafe<StoppedRow[]>(STOPPED, addresses)
  const reasons = new Map(stopped.map(({ address, reason }) => [address, reason]))
  const keyOf = ({ recipient, kind, channel }: Addressed | ChosenRow) => `${recipient} ${kind} ${channel}`
  const isOn = new Map(chosen.map((row) => [keyOf(row), row.isEnabled]))
  const mails = new Map(messages.map((message) => [keyOf(message), message.address]))
  // A notification in the list replaces an e-mail of its kind to its recipient, so the address of that one counts.
  const reachedAt = (message: Addressed) =>
    message.channel === 'IN_APP' ? mails.get(keyOf({ ...message, channel: 'EMAIL' })) : message.address
  const hours = new Map(quiet.map(({ userId, ...rest }) => [userId, rest]))
  return (message) => ({
    isOff: !(isOn.get(keyOf(message)) ?? isOnByDefault(message.kind, message.channel)),
    stopped: reasons.get(reachedAt(message) ?? '') ?? null,
    quietHours: hours.get(message.userId ?? '') ?? null,
  })
}

export type PreferenceStore = ReturnType<typeof preferenceStore>
