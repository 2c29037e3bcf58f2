import { z } from 'zod'
import type { PrismaLike, Tx } from '../../database/database.ts'
import { idempotent } from '../../database/idempotency.ts'
import { accept, type Decision } from '../../errors/decision.ts'
import { badUserInput } from '../../errors/errors.ts'
import type { Viewer } from '../../identity/identity.ts'
import type { Envelope } from '../../messages/envelope.ts'
import { subscribedTypes } from '../../messages/inbox.ts'
import { memoryBus } from '../../messages/memory-bus.ts'
import { appendEvents } from '../../messages/outbox.ts'
import { newId } from '../../schema/ids.ts'
import { defineSubgraph } from '../../service/subgraph.ts'
import { barePrisma } from '../bare-database.ts'

type Note = { id: string; text: string }
type Context = { viewer: Viewer; prisma: PrismaLike }

/** A text that no answer may contain. */
export const SECRET_OF_A_BUG = 'connection string postgres://root:hunter2@db'

/** The type of the only message that it publishes and listens to. */
export const NOTE_WRITTEN = 'notes.note.written'

async function noteById(prisma: PrismaLike, id: string): Promise<Note | null> {
  const [note] = await prisma.$queryRawUnsafe<Note[]>('SELECT id, text FROM note WHERE id = $1', id)
  return note ?? null
}

/** One statement that inserts a row. */
async function step(prisma: PrismaLike): Promise<object> {
  await prisma.$executeRawUnsafe(
    `WITH held AS MATERIALIZED (SELECT pg_advisory_xact_lock(1)) INSERT INTO heard SELECT 'step', 'trail' FROM held`,
  )
  return {}
}

function writeHeld(prisma: PrismaLike, text: string): Promise<object> {
  return prisma.$transaction(async (tx) => {
    await tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(1)')
    await tx.$executeRawUnsafe('INSERT INTO note (id, text) VALUES ($1, $2)', newId('nte'), text)
    return {}
  })
}

async function insertNote(tx: Tx, text: string): Promise<Note> {
  const note = { id: newId('nte'), text }
  await tx.$executeRawUnsafe('INSERT INTO note (id, text) VALUES ($1, $2)', note.id, text)
  await appendEvents(tx, [{ type: NOTE_WRITTEN, subject: note.id, sequence: 1, data: note }])
  return note
}

const writeNote = (prisma: PrismaLike, text: string) => prisma.$transaction((tx) => insertNote(tx, text))

async function writeOnce(prisma: PrismaLike, key: string, text: string): Promise<Note | null> {
  const claim = { principal: 'nobody', mutation: 'writeOnce', key, request: { text } }
  const decision = await prisma.$transaction((tx) =>
    idempotent(tx, claim, async (): Promise<Decision<Note, never>> => accept(await insertNote(tx, text))),
  )
  return decision.ok ? decision.value : null
}

const resolvers = {
  Query: {
    note: (_: unknown, { id }: { id: string }, { prisma }: Context) => noteById(prisma, id),
    async held(_: unknown, _args: unknown, { prisma }: Context) {
      await prisma.$transaction(
        (tx) => tx.$executeRawUnsafe('SELECT pg_advisory_xact_lock(1)') as Promise<number>,
      )
      return true
    },
    trail: (_: unknown, _args: unknown, { prisma }: Context) => step(prisma),
    many: (_: unknown, { first, length }: { first: number; length: number }) =>
      Array.from({ length: first }, (_, n) => ({ id: `nte_${n}`, text: 'x'.repeat(length) })),
    broken() {
      throw new Error(SECRET_OF_A_BUG)
    },
    size(_: unknown, { of }: { of: number }) {
      if (of <= 12) return of
      throw badUserInput(`size is ${of}: allowed is 1 to 12`)
    },
    me: (_: unknown, _args: unknown, { viewer }: Context) => (viewer.kind === 'user' ? viewer.id : 'nobody'),
    ledger: () => 'profit',
  },
  Mutation: {
    writeNote: (_: unknown, { text }: { text: string }, { prisma }: Context) => writeNote(prisma, text),
    writeOnce: (_: unknown, { key, text }: { key: string; text: string }, { prisma }: Context) =>
      writeOnce(prisma, key, text),
    writeHeld: (_: unknown, { text }: { text: string }, { prisma }: Context) => writeHeld(prisma, text),
  },
  Trail: { next: (_: unknown, _args: unknown, { prisma }: Context) => step(prisma) },
  Note: {
    __resolveReference: ({ id }: { id: string }, { prisma }: Context) => noteById(prisma, id),
  },
}

/** A small subgraph for the kit's own tests. */
export const notes = defineSubgraph({
  name: 'notes',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: z.object({ NOTE_STYLE: z.enum(['plain', 'fancy']) }),
  open: async ({ database }) => ({ prisma: barePrisma(database.url, database.statementMs) }),
  context: ({ prisma }, { viewer }): Context => ({ viewer, prisma }),
  listens: {
    async [NOTE_WRITTEN](envelope: Envelope, tx) {
      await tx.$executeRawUnsafe('INSERT INTO heard VALUES ($1, $2)', envelope.id, envelope.subject)
    },
  },
  routes(app) {
    app.get('/broken', async () => {
      throw new Error(SECRET_OF_A_BUG)
    })
  },
})

/** The folder of its migrations. */
export const notesMigrations = new URL('migrations', import.meta.url).pathname

/** A bus in memory of which notes is the only consumer. */
export const notesBus = () => memoryBus([{ consumer: notes.name, types: subscribedTypes(notes) }])
