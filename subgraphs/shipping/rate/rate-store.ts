// Tested in ../rates.int.test.ts: its transactions need a database.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { newId } from '@argyle/kit/ids'
import { notFound, type ValidationError, validationError } from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import {
  type AuditedStore,
  type ChangeError,
  type CreateError,
  countBefore,
  type Kept,
  type Tx,
} from './audited-store.ts'
import { keptMethods } from './method-store.ts'
import { changed, type Rate } from './rate.ts'
import { type CreateRate, MAX_RATES_PER_ZONE, readPrice, type UpdateRate } from './rate-input.ts'
import { rateReads } from './rate-reads.ts'
import { keptZones } from './zone-store.ts'

const keptRates: Kept<Rate> = {
  what: 'rate',
  async lock(tx, id) {
    await tx.$queryRaw`SELECT 1 FROM rate WHERE id = ${id} FOR UPDATE`
    return rateReads(tx).rate(id)
  },
  async save(tx, rate) {
    const { id, price, estimatedDays, active, version } = rate
    await tx.rate.updateMany({
      where: { id },
      data: { priceMinor: price.minor, estimatedDays, active, version },
    })
    return accept(rate)
  },
}

async function make(tx: Tx, rate: Rate, now: Date): Promise<Decision<Rate, ValidationError>> {
  const { zoneId, methodId } = rate
  if (!(await keptZones.lock(tx, zoneId))) return refuse(notFound('zone', zoneId, ['zoneId']))
  if (!(await keptMethods.lock(tx, methodId))) return refuse(notFound('method', methodId, ['methodId']))
  const count = () => tx.rate.count({ where: { zoneId } })
  const full = await countBefore(tx, count, MAX_RATES_PER_ZONE, 'rates of this zone')
  if (full) return refuse(full)
  const { price, ...row } = rate
  const data = { ...row, currency: price.currency, priceMinor: price.minor, createdAt: now }
  const written = await tx.rate.createMany({ data, skipDuplicates: true })
  if (written.count === 1) return accept(rate)
  const message = `upToGrams is ${rate.upToGrams}: allowed is a weight that no other rate of this zone, method and currency (${price.currency}) has`
  return refuse(validationError(message, ['upToGrams']))
}

/** The transactions of shipping rates, which staff maintain. */
export function rateStore(prisma: PrismaClient, book: AuditedStore) {
  const { rate, offers } = rateReads(prisma)
  return {
    byId: rate,
    offers,

    /** Creates a rate, once per idempotency key. Accepts its id. */
    async create(callerId: string, input: CreateRate): Promise<Decision<string, CreateError>> {
      const { price, idempotencyKey: _, ...content } = input
      const amount = readPrice(price.amount, price.currencyCode, ['price', 'amount'])
      if (!amount.ok) return amount
      const request = { actorId: callerId, mutation: 'createShippingRate' }
      return book.create(request, input, (tx, now) =>
        make(tx, { id: newId('rat'), ...content, price: amount.value, active: true, version: 1 }, now),
      )
    },

    update(
      callerId: string,
      { id, expectedVersion, amount, estimatedDays, active }: UpdateRate,
    ): Promise<Decision<Rate, ChangeError>> {
      const request = { actorId: callerId, mutation: 'updateShippingRate' }
      return book.change(request, keptRates, id, (rate) => {
        const price = amount == null ? accept(null) : readPrice(amount, rate.price.currency, ['amount'])
        if (!price.ok) return price
        return changed(rate, expectedVersion, { price: price.value, estimatedDays, active })
      })
    },
  }
}

export type RateStore = ReturnType<typeof rateStore>
