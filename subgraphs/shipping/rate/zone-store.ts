// Tested in ../rates.int.test.ts: its transactions need a database.

import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { newId } from '@argyle/kit/ids'
import { type ValidationError, validationError } from '@argyle/kit/user-errors'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import {
  type AuditedStore,
  type ChangeError,
  type CreateError,
  countBefore,
  type Kept,
  type Tx,
} from './audited-store.ts'
import { type Area, areaText, changed, type Zone } from './rate.ts'
import { type CreateZone, MAX_ZONES, type UpdateZone } from './rate-input.ts'
import { rateReads } from './rate-reads.ts'

/** Replaces the areas of a zone. Refuses if another zone contains one of them. */
async function saveAreas(tx: Tx, { id, areas }: Zone): Promise<Decision<null, ValidationError>> {
  await tx.zoneArea.deleteMany({ where: { zoneId: id } })
  const data = areas.map(({ countryCode, postalCodePrefix }) => {
    return { zoneId: id, countryCode, postalPrefix: postalCodePrefix }
  })
  const { count } = await tx.zoneArea.createMany({ data, skipDuplicates: true })
  if (count === data.length) return accept(null)
  const where = data.map(({ countryCode, postalPrefix }) => ({ countryCode, postalPrefix }))
  const taken = await tx.zoneArea.findFirst({
    where: { OR: where, zoneId: { not: id } },
    include: { zone: true },
  })
  const area: Area = { countryCode: taken?.countryCode ?? '', postalCodePrefix: taken?.postalPrefix ?? '' }
  const message = `areas has ${areaText(area)}, which zone ${JSON.stringify(taken?.zone.name)} covers: allowed is one that no other zone has`
  return refuse(validationError(message, ['areas']))
}

function nameTaken(name: string): ValidationError {
  const message = `name is ${JSON.stringify(name)}: allowed is one that no other zone has`
  return validationError(message, ['name'])
}

function isUniqueViolation(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002'
}

/** The statements that lock and save zones. */
export const keptZones: Kept<Zone> = {
  what: 'zone',
  async lock(tx, id) {
    await tx.$queryRaw`SELECT 1 FROM zone WHERE id = ${id} FOR UPDATE`
    return rateReads(tx).zone(id)
  },
  async save(tx, zone) {
    const { id, name, version } = zone
    await tx.zone.updateMany({ where: { id }, data: { name, version } })
    const areas = await saveAreas(tx, zone)
    return areas.ok ? accept(zone) : areas
  },
}

async function make(
  tx: Tx,
  { name, areas }: CreateZone,
  now: Date,
): Promise<Decision<Zone, ValidationError>> {
  const full = await countBefore(tx, () => tx.zone.count(), MAX_ZONES, 'zones')
  if (full) return refuse(full)
  const zone: Zone = { id: newId('zon'), name, areas, version: 1 }
  const data = { id: zone.id, name, createdAt: now }
  const written = await tx.zone.createMany({ data, skipDuplicates: true })
  if (written.count === 0) return refuse(nameTaken(name))
  const saved = await saveAreas(tx, zone)
  return saved.ok ? accept(zone) : saved
}

/** The transactions of shipping zones, which staff maintain. */
export function zoneStore(prisma: PrismaClient, book: AuditedStore) {
  const { zones, zone } = rateReads(prisma)
  return {
    all: zones,
    byId: zone,

    /** Creates a zone, once per idempotency key. Accepts its id. */
    create(callerId: string, input: CreateZone): Promise<Decision<string, CreateError>> {
      const request = { actorId: callerId, mutation: 'createShippingZone' }
      return book.create(request, input, (tx, now) => make(tx, input, now))
    },

    async update(
      callerId: string,
      { id, expectedVersion, name, areas }: UpdateZone,
    ): Promise<Decision<Zone, ChangeError>> {
      const request = { actorId: callerId, mutation: 'updateShippingZone' }
      try {
        return await book.change(request, keptZones, id, (zone) =>
          changed(zone, expectedVersion, { name, areas }),
        )
      } catch (error) {
        // Only the unique index can decide between concurrent writers. The transaction is rolled back.
        if (!isUniqueViolation(error) || name == null) throw error
        return refuse(nameTaken(name))
      }
    },
  }
}

export type ZoneStore = ReturnType<typeof zoneStore>
