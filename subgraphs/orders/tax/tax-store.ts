// Tested in ../tax.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { PrismaClient, TaxAssignment, TaxCountry, TaxRate } from '../generated/prisma/client.ts'
import { atomically, type Tx } from '../transaction.ts'
import type { AssignTaxCategory, RemoveTaxRate, SetTaxCountry, SetTaxRate } from './tax-input.ts'

/** Maximum number of tax assignments that are listed. */
export const MAX_ASSIGNMENTS = 500

export type TaxError = IdempotencyKeyReusedError | ValidationError | VersionConflictError

/** A change by staff of a row at the version that they read. `before` is null for a new row. */
type Change<Row extends { version: number }> = {
  readonly before: Row | null
  readonly expectedVersion: number | null
}

/**
 * Tests whether the expected version is the current one. Without an expected version, the row must not exist.
 */
function conflictOf<Row extends { version: number }>({
  before,
  expectedVersion,
}: Change<Row>): TaxError | null {
  if ((before?.version ?? null) === expectedVersion) return null
  if (before) return versionConflict(expectedVersion ?? 0, before.version)
  const message = `expectedVersion is ${expectedVersion}, but the row does not exist yet: omit it`
  return validationError(message, ['expectedVersion'])
}

/** One lock for all tax settings: staff change them rarely, so changes run one after another. */
async function inLine(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(7461)`
}

/**
 * The transactions of tax settings. Each change runs once per idempotency key, at an expected version, and is
 * recorded in the audit log.
 */
export function taxStore(prisma: PrismaClient, clock: Clock) {
  type Work = (
    tx: Tx,
    note: (subjectId: string, before: unknown, after: unknown) => Promise<void>,
  ) => Promise<Decision<string, TaxError>>

  function change(
    staffId: string,
    mutation: string,
    request: { readonly idempotencyKey: string },
    work: Work,
  ): Promise<Decision<string, TaxError>> {
    const claim = { principal: staffId, mutation, key: request.idempotencyKey, request }
    return atomically(prisma, (tx) =>
      idempotent(tx, claim, async () => {
        await inLine(tx)
        return work(tx, (subjectId, before, after) =>
          recordChange(tx, { actorId: staffId, action: mutation, subjectId, before, after, at: clock() }),
        )
      }),
    )
  }

  return {
    /** Sets whether prices in a country include tax. Accepts its code. */
    setCountry: (staffId: string, request: SetTaxCountry) =>
      change(staffId, 'setTaxCountry', request, async (tx, note) => {
        const { countryCode, pricesIncludeTax, expectedVersion } = request
        const before = await tx.taxCountry.findUnique({ where: { countryCode } })
        const conflict = conflictOf({ before, expectedVersion })
        if (conflict) return refuse(conflict)
        const after = { countryCode, pricesIncludeTax, version: (before?.version ?? 0) + 1 }
        await tx.taxCountry.upsert({ where: { countryCode }, create: after, update: after })
        await note(countryCode, before, after)
        return accept(countryCode)
      }),

    /** Sets the rate of a category in a country or region. Accepts its id. */
    setRate: (staffId: string, request: SetTaxRate) =>
      change(staffId, 'setTaxRate', request, async (tx, note) => {
        const { countryCode, region, category, ppm, expectedVersion } = request
        const country = await tx.taxCountry.findUnique({ where: { countryCode } })
        if (!country) return refuse(notFound('tax country', countryCode, ['countryCode']))
        const at = { countryCode_region_category: { countryCode, region, category } }
        const before = await tx.taxRate.findUnique({ where: at })
        const conflict = conflictOf({ before, expectedVersion })
        if (conflict) return refuse(conflict)
        const id = before?.id ?? newId('txr')
        const after = { id, countryCode, region, category, ppm, version: (before?.version ?? 0) + 1 }
        await tx.taxRate.upsert({ where: at, create: after, update: after })
        await note(id, before, after)
        return accept(id)
      }),

    /** Removes a rate. Accepts its id. */
    removeRate: (staffId: string, request: RemoveTaxRate) =>
      change(staffId, 'removeTaxRate', request, async (tx, note) => {
        const { taxRateId: id, expectedVersion } = request
        const before = await tx.taxRate.findUnique({ where: { id } })
        if (!before) return refuse(notFound('tax rate', id, ['taxRateId']))
        const conflict = conflictOf({ before, expectedVersion })
        if (conflict) return refuse(conflict)
        await tx.taxRate.delete({ where: { id } })
        await note(id, before, null)
        return accept(id)
      }),

    /** Assigns a product category to a tax category. Accepts the product category's id. */
    assign: (staffId: string, request: AssignTaxCategory) =>
      change(staffId, 'assignTaxCategory', request, async (tx, note) => {
        const { productCategoryId: categoryId, taxCategory: category, expectedVersion } = request
        const before = await tx.taxAssignment.findUnique({ where: { categoryId } })
        const conflict = conflictOf({ before, expectedVersion })
        if (conflict) return refuse(conflict)
        const after = { categoryId, category, version: (before?.version ?? 0) + 1 }
        await tx.taxAssignment.upsert({ where: { categoryId }, create: after, update: after })
        await note(categoryId, before, after)
        return accept(categoryId)
      }),

    country: (countryCode: string): Promise<TaxCountry | null> =>
      prisma.taxCountry.findUnique({ where: { countryCode } }),
    rate: (id: string): Promise<TaxRate | null> => prisma.taxRate.findUnique({ where: { id } }),
    assignment: (categoryId: string): Promise<TaxAssignment | null> =>
      prisma.taxAssignment.findUnique({ where: { categoryId } }),
    /** All countries by code, 249 at most. */
    countries: (): Promise<TaxCountry[]> => prisma.taxCountry.findMany({ orderBy: { countryCode: 'asc' } }),
    /** All assignments by product category, 500 at most. */
    assignments: (): Promise<TaxAssignment[]> =>
      prisma.taxAssignment.findMany({ orderBy: { categoryId: 'asc' }, take: MAX_ASSIGNMENTS }),
  }
}

export type TaxStore = ReturnType<typeof taxStore>
