// Tested in ../templates.int.test.ts: its transactions need a database.

import { recordChange } from '@argyle/kit/audit'
import type { Clock } from '@argyle/kit/clock'
import { type Connection, connectionOf, type Page } from '@argyle/kit/connection'
import type { TransactionOf } from '@argyle/kit/database'
import { accept, type Decision, refuse } from '@argyle/kit/decision'
import { idempotent } from '@argyle/kit/idempotency'
import { newId } from '@argyle/kit/ids'
import { forgedCursor } from '@argyle/kit/keyset'
import {
  type IdempotencyKeyReusedError,
  notFound,
  type ValidationError,
  type VersionConflictError,
  validationError,
  versionConflict,
} from '@argyle/kit/user-errors'
import type { PrismaClient } from '../generated/prisma/client.ts'
import { MAX_TEMPLATES, type Template } from './template.ts'
import type { CreateTemplate, UpdateTemplate } from './template-input.ts'

type Tx = TransactionOf<PrismaClient>

/** Id of the advisory lock; an arbitrary number, equal in all replicas. */
const NAMES_LOCK = 4_301

/** Names are assigned one at a time, so that no two are equal. */
async function takenName(tx: Tx, name: string, id: string | null): Promise<ValidationError | null> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${NAMES_LOCK})`
  const other = await tx.ticketTemplate.findFirst({ where: { name, ...(id && { NOT: { id } }) } })
  if (!other) return null
  const message = `name is ${JSON.stringify(name)}, which template ${JSON.stringify(other.id)} has: allowed is another one`
  return validationError(message, ['name'])
}

/** The transactions of templates, which staff maintain. */
export function templateStore(prisma: PrismaClient, clock: Clock) {
  async function insert(
    tx: Tx,
    actorId: string,
    { name, body }: CreateTemplate,
  ): Promise<Decision<string, ValidationError>> {
    const taken = await takenName(tx, name, null)
    if (taken) return refuse(taken)
    if ((await tx.ticketTemplate.count()) >= MAX_TEMPLATES)
      return refuse(
        validationError(`there are ${MAX_TEMPLATES} templates already: allowed are ${MAX_TEMPLATES} at most`),
      )
    const at = clock()
    const template: Template = {
      id: newId('tpl'),
      name,
      body,
      active: true,
      version: 1,
      createdAt: at,
      updatedAt: at,
    }
    await tx.ticketTemplate.createMany({ data: [template] })
    const change = { actorId, action: 'createTicketTemplate', subjectId: template.id }
    await recordChange(tx, { ...change, before: null, after: template, at })
    return accept(template.id)
  }

  return {
    byIds: (ids: readonly string[]): Promise<Template[]> =>
      prisma.ticketTemplate.findMany({ where: { id: { in: [...ids] } } }),

    /** A page of all templates, by name. @throws GraphQLError BAD_USER_INPUT for a forged cursor */
    async page(page: Page): Promise<Connection<Template>> {
      const [name] = page.after ?? []
      if (page.after && (typeof name !== 'string' || page.after.length !== 1 || name.includes('\0')))
        throw forgedCursor(page.after)
      const rows: Template[] = await prisma.ticketTemplate.findMany({
        where: typeof name === 'string' ? { name: { gt: name } } : {},
        orderBy: { name: 'asc' },
        take: page.first + 1,
      })
      return connectionOf(rows, page, { cursorOf: (template) => [template.name] })
    },

    /** Creates a template, once per idempotency key. Accepts its id. */
    create(
      actorId: string,
      input: CreateTemplate,
    ): Promise<Decision<string, IdempotencyKeyReusedError | ValidationError>> {
      const mutation = 'createTicketTemplate'
      const claim = { principal: actorId, mutation, key: input.idempotencyKey, request: input }
      return prisma.$transaction((tx) => idempotent(tx, claim, () => insert(tx, actorId, input)))
    },

    update(
      actorId: string,
      { id, expectedVersion, ...content }: UpdateTemplate,
    ): Promise<Decision<Template, VersionConflictError | ValidationError>> {
      return prisma.$transaction(
        async (tx): Promise<Decision<Template, VersionConflictError | ValidationError>> => {
          const taken = await takenName(tx, content.name, id)
          await tx.$executeRaw`SELECT 1 FROM ticket_template WHERE id = ${id} FOR UPDATE`
          const before = await tx.ticketTemplate.findFirst({ where: { id } })
          if (!before) return refuse(notFound('template', id, ['id']))
          if (before.version !== expectedVersion)
            return refuse(versionConflict(expectedVersion, before.version))
          if (taken) return refuse(taken)
          const at = clock()
          const after: Template = { ...before, ...content, version: before.version + 1, updatedAt: at }
          await tx.ticketTemplate.updateMany({ where: { id }, data: after })
          const change = { actorId, action: 'updateTicketTemplate', subjectId: id }
          await recordChange(tx, { ...change, before, after, at })
          return accept(after)
        },
      )
    },
  }
}

export type TemplateStore = ReturnType<typeof templateStore>
