// Tested in ../segment-lists.int.test.ts: its statements need a database.

import type { Page } from '@argyle/kit/connection'
import { forgedCursor, readInstantCursor } from '@argyle/kit/keyset'
import { columnsOf } from '@argyle/kit/select'
import { Prisma, type PrismaClient } from '../generated/prisma/client.ts'
import type { Facts, Reason } from './rule.ts'
import { MAX_COUNT, type Segment } from './segment.ts'

/** A customer in a segment. */
export type Member = {
  readonly segmentId: string
  readonly userId: string
  readonly since: Date
  readonly reasons: readonly Reason[]
}

/** A segment of a customer. */
export type Membership = Member & { readonly segment: Segment }

/** The facts of a customer as of the last evaluation. */
export type CustomerFacts = Omit<Facts, 'categories'> & { readonly userId: string }

const { deletedAt: _, ...SEGMENT_FIELDS } = Prisma.SegmentScalarFieldEnum
const COLUMNS = columnsOf(SEGMENT_FIELDS)
const MEMBER_COLUMNS = columnsOf(Prisma.SegmentMemberScalarFieldEnum)
const CUSTOMER_COLUMNS = columnsOf(Prisma.CustomerScalarFieldEnum)

/** Reads of segments and members, one statement for any number of keys. */
export function segmentReads(prisma: Pick<PrismaClient, '$queryRaw'>) {
  return {
    byIds: (ids: readonly string[]): Promise<Segment[]> =>
      prisma.$queryRaw`SELECT ${COLUMNS} FROM segment WHERE id = ANY(${[...ids]}) AND deleted_at IS NULL`,

    /** A page of all segments, by name. @throws GraphQLError BAD_USER_INPUT for a forged cursor */
    page({ first, after }: Page): Promise<Segment[]> {
      const [name = ''] = after ?? []
      if (after && (typeof name !== 'string' || after.length !== 1 || name.includes('\0')))
        throw forgedCursor(after)
      return prisma.$queryRaw`
        SELECT ${COLUMNS} FROM segment WHERE deleted_at IS NULL AND name > ${name} ORDER BY name LIMIT ${first + 1}`
    },

    /** A page of the members of each segment, the newest first. */
    membersOf(segmentIds: readonly string[], page: Page): Promise<Member[]> {
      const after = readInstantCursor(page.after, 'usr')
      const beyond = after ? Prisma.sql`AND (since, user_id) < (${after.at}, ${after.id})` : Prisma.empty
      return prisma.$queryRaw`
        SELECT m.* FROM unnest(${[...segmentIds]}::text[]) AS wanted (id)
         CROSS JOIN LATERAL (SELECT ${MEMBER_COLUMNS} FROM segment_member WHERE segment_id = wanted.id ${beyond}
           ORDER BY since DESC, user_id DESC LIMIT ${page.first + 1}) m
         ORDER BY m.since DESC, m."userId" DESC`
    },

    /** The number of members of each segment, counted up to MAX_COUNT. */
    sizesOf: (segmentIds: readonly string[]): Promise<{ id: string; count: number }[]> =>
      prisma.$queryRaw`
        SELECT wanted.id, c.count FROM unnest(${[...segmentIds]}::text[]) AS wanted (id)
         CROSS JOIN LATERAL (SELECT count(*)::int AS count FROM
           (SELECT FROM segment_member WHERE segment_id = wanted.id LIMIT ${MAX_COUNT}) counted) c`,

    /** The segments of each customer. */
    membershipsOf: (userIds: readonly string[]): Promise<Membership[]> =>
      prisma.$queryRaw<(Member & Segment)[]>`
        SELECT m.*, s.* FROM (SELECT ${MEMBER_COLUMNS} FROM segment_member WHERE user_id = ANY(${[...userIds]})) m
          JOIN (SELECT ${COLUMNS} FROM segment WHERE deleted_at IS NULL) s ON s.id = m."segmentId" ORDER BY s.name`.then(
        (rows) => rows.map((row) => ({ ...row, segment: row })),
      ),

    factsOf: (userIds: readonly string[]): Promise<CustomerFacts[]> =>
      prisma.$queryRaw`
        SELECT ${CUSTOMER_COLUMNS} FROM customer WHERE user_id = ANY(${[...userIds]}) AND NOT is_deleted`,

    /** The time up to which sales are in the segments; null before the first sale. */
    async processedThrough(now: Date): Promise<Date | null> {
      const [row] = await prisma.$queryRaw<{ through: Date | null }[]>`
        SELECT LEAST(max(through), (SELECT min(due_at) FROM customer WHERE due_at <= ${now}),
                     (SELECT min(due_at) FROM recategorised_product)) AS through FROM progress`
      return row?.through ?? null
    },
  }
}

export type SegmentReads = ReturnType<typeof segmentReads>
