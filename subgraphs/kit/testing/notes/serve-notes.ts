import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type JWTPayload, SignJWT } from 'jose'
import type { EventBus } from '../../messages/event-bus.ts'
import type { Settings } from '../../service/config.ts'
import { openLog } from '../../service/log.ts'
import { type ServedSubgraph, serveSubgraph } from '../../service/serve.ts'
import { type BareDatabase, bareDatabase } from '../bare-database.ts'
import { notes, notesMigrations } from './notes.ts'

const KEY = randomBytes(32)

/** Complete, valid settings of notes on this database. */
export function notesSettings(databaseUrl: string): Settings {
  return {
    PORT: '0',
    DATABASE_URL: databaseUrl,
    INTERNAL_TOKEN_KEY: KEY.toString('base64url'),
    NOTE_STYLE: 'plain',
    // Those of a service are too short for a loaded machine.
    ...{ OPERATION_SECONDS: '60', STATEMENT_SECONDS: '60' },
    LOG_LEVEL: 'info',
  }
}

export type TokenOptions = { key?: Uint8Array; audience?: string; issuer?: string; expires?: number | string }

/** An internal token as the router issues it, except for these claims and options. */
export function internalToken(claims: JWTPayload = {}, options: TokenOptions = {}): Promise<string> {
  const { key = KEY, audience = 'notes', issuer = 'argyle-router', expires = '60s' } = options
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256' })
    .setIssuer(issuer)
    .setAudience(audience)
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(key)
}

/** A response, read completely. */
export type Reply = { status: number; headers: Headers; text: string }

export type ServedNotes = {
  readonly served: ServedSubgraph
  readonly database: BareDatabase
  /** Every line of its log, parsed. */
  readonly logged: Record<string, unknown>[]
  request(path: string, init?: RequestInit): Promise<Reply>
  /** Sends an operation, with an anonymous viewer's token unless another `authorization` is given. */
  operation(query: string, headers?: Record<string, string>): Promise<Reply>
  /** Resolves to the notes received, once there are this many. */
  received(count: number): Promise<string[]>
  close(): Promise<void>
}

/** Serves notes over HTTP on a database of its own. */
export async function serveNotes(settings: Settings = {}, bus?: EventBus): Promise<ServedNotes> {
  const database = await bareDatabase()
  const logged: Record<string, unknown>[] = []
  const served = await serveSubgraph(notes, {
    settings: { ...notesSettings(database.url), ...settings },
    migrations: notesMigrations,
    log: openLog('notes', 'info', { write: (line) => void logged.push(JSON.parse(line)) }),
    bus,
  })
  const request = async (path: string, init?: RequestInit): Promise<Reply> => {
    const response = await fetch(new URL(path, served.url), init)
    return { status: response.status, headers: response.headers, text: await response.text() }
  }
  return {
    served,
    database,
    logged,
    request,
    async operation(query, headers = {}) {
      const authorization = `Bearer ${await internalToken()}`
      return request('/graphql', {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization, ...headers },
        body: JSON.stringify({ query }),
      })
    },
    async received(count) {
      for (;;) {
        const rows = await database.prisma.$queryRawUnsafe<{ note_id: string }[]>('SELECT note_id FROM heard')
        if (rows.length >= count) return rows.map((row) => row.note_id)
        await pause(5)
      }
    },
    async close() {
      await served.close()
      await database.drop()
    },
  }
}
