// Tested in ../rates.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import { appendEvents } from '@argyle/kit/outbox'
import type {
  IdempotencyKeyReusedError,
  ValidationError,
  VersionConflictError,
} from '@argyle/kit/user-errors'
import { exchangeRateChanged } from '../events.ts'
import type { Prisma, PrismaClient } from '../generated/prisma/client.ts'
import { type Rate, readUnits, setRate } from './rate.ts'
import type { SetExchangeRate } from './rate-input.ts'

type Tx = Prisma.TransactionClient

/** Maximum number of rates that `exchangeRates` returns. */
const MAX_LISTED = 500

type SetRateError = IdempotencyKeyReusedError | ValidationError | VersionConflictError

const COLUMNS = `
  id, currency, valid_from AS "validFrom", trim_scale(units_per_usd)::text AS "unitsPerUsd", version`
const LIST = `
SELECT * FROM (SELECT ${COLUMNS} FROM exchange_rate ORDER BY valid_from DESC, currency LIMIT ${MAX_LISTED}) newest
 ORDER BY currency, "validFrom" DESC`
const BY_IDS = `SELECT ${COLUMNS} FROM exchange_rate WHERE id = ANY($1::text[])`
const AT = `SELECT ${COLUMNS} FROM exchange_rate WHERE currency = $1 AND valid_from = $2::timestamptz FOR UPDATE`
const SAVE = `
INSERT INTO exchange_rate (id, currency, valid_from, units_per_usd, version) VALUES ($1, $2, $3::timestamptz, $4::numeric, $5)
ON CONFLICT (id) DO UPDATE SET units_per_usd = EXCLUDED.units_per_usd, version = EXCLUDED.version`

/** The transactions of exchange rates. Changes run one after another: staff make few. */
export function rateStore(prisma: PrismaClient, clock: Clock) {
  async function set(
    tx: Tx,
    staffId: string,
    request: SetExchangeRate,
  ): Promise<Decision<string, ValidationError | VersionConflictError>> {
    const units = readUnits(request.unitsPerUsd)
    if (!units.ok) return units
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(7463)`
    const { currency, validFrom, expectedVersion } = request
    const [before = null] = await tx.$queryRawUnsafe<Rate[]>(AT, currency, validFrom.toISOString())
    const change = { currency, validFrom, expectedVersion, unitsPerUsd: units.value }
    const count = await tx.exchangeRate.count()
    const decision = setRate(before, change, { newId: () => newId('fxr'), count })
    if (!decision.ok) return decision
    const { id, unitsPerUsd, version } = decision.value
    await tx.$executeRawUnsafe(SAVE, id, currency, validFrom.toISOString(), unitsPerUsd, version)
    const note = { actorId: staffId, action: 'setExchangeRate', subjectId: id, at: clock() }
    await recordChange(tx, { ...note, before, after: decision.value })
    await appendEvents(tx, [exchangeRateChanged(decision.value)])
    return accept(id)
  }

  return {
    byIds: (ids: readonly string[]): Promise<Rate[]> => prisma.$queryRawUnsafe<Rate[]>(BY_IDS, [...ids]),

    list: (): Promise<Rate[]> => prisma.$queryRawUnsafe<Rate[]>(LIST),

    /** Sets a rate, once per idempotency key. Accepts its id. */
    set(staffId: string, request: SetExchangeRate): Promise<Decision<string, SetRateError>> {
      const claim = {
        principal: staffId,
        mutation: 'setExchangeRate',
        key: request.idempotencyKey,
        request,
      }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => set(tx, staffId, request)))
    },
  }
}

export type RateStore = ReturnType<typeof rateStore>
