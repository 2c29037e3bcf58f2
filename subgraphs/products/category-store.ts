import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { type Claim, idempotent } from '@argyle/kit/idempotency'
import { appendEvents } from '@argyle/kit/outbox'
import { notFound, type ValidationError, type VersionConflictError } from '@argyle/kit/user-errors'
import {
  addCategory,
  type Category,
  type CategoryEdit,
  type CategoryTree,
  editCategory,
  type NewCategory,
  treeOf,
} from './category.ts'
import { categoryChanged } from './events.ts'
import type { Prisma, PrismaClient } from './generated/prisma/client.ts'

type Tx = Prisma.TransactionClient

const COLUMNS = { id: true, parentId: true, slug: true, name: true, position: true, version: true }

/** The whole tree, by one statement. */
export async function readTree(reader: Pick<PrismaClient, 'category'>): Promise<CategoryTree> {
  return treeOf(await reader.category.findMany({ select: COLUMNS }))
}

/**
 * Locks the tree against other writers, so that two concurrent moves cannot make a cycle. Readers and product
 * changes continue.
 */
async function lockTree(tx: Tx): Promise<CategoryTree> {
  await tx.$executeRaw`LOCK TABLE category IN SHARE ROW EXCLUSIVE MODE`
  return readTree(tx)
}

/** The transactions of categories. */
export function categoryStore(prisma: PrismaClient, clock: Clock) {
  return {
    /** Creates a category, once per idempotency key. Accepts its id. */
    create(claim: Claim, category: NewCategory) {
      const make = async (tx: Tx): Promise<Decision<string, ValidationError>> => {
        const decision = addCategory(await lockTree(tx), category)
        if (!decision.ok) return decision
        const now = clock()
        await tx.category.createMany({ data: [{ ...decision.value, createdAt: now, updatedAt: now }] })
        await appendEvents(tx, [categoryChanged(decision.value)])
        const { principal: actorId, mutation: action } = claim
        const states = { before: null, after: decision.value }
        await recordChange(tx, { actorId, action, subjectId: category.id, ...states, at: now })
        return accept(category.id)
      }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => make(tx)))
    },

    update(
      actorId: string,
      edit: CategoryEdit,
    ): Promise<Decision<Category, VersionConflictError | ValidationError>> {
      return prisma.$transaction(async (tx) => {
        const tree = await lockTree(tx)
        const before = tree.byId.get(edit.id)
        if (!before) return refuse(notFound('category', edit.id, ['id']))
        const decision = editCategory(tree, before, edit)
        if (!decision.ok) return decision
        const [{ id, ...row }, now] = [decision.value, clock()]
        await tx.category.updateMany({ where: { id }, data: { ...row, updatedAt: now } })
        await appendEvents(tx, [categoryChanged(decision.value)])
        const states = { before, after: decision.value }
        await recordChange(tx, { actorId, action: 'updateCategory', subjectId: id, ...states, at: now })
        return decision
      })
    },
  }
}

export type CategoryStore = ReturnType<typeof categoryStore>
