import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import pg from 'pg'
import { describe, expect, test } from 'vitest'
import { root } from '../repository.ts'

const ADMIN_URL = 'postgresql://postgres@127.0.0.1:5432/postgres'

/** Runs the job of docker-compose.yml against the local PostgreSQL server; it needs psql. */
function makeDatabases(passwords: Record<string, string>): void {
  const env = { PATH: environment().PATH, PGHOST: '127.0.0.1', PGUSER: 'postgres', ...passwords }
  execFileSync('bash', [path.join(root, 'dev/docker/make-databases.sh')], { env, stdio: 'pipe' })
}

async function asAdmin<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: ADMIN_URL })
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}

async function rows(sql: string, ...values: string[]): Promise<unknown[]> {
  return asAdmin(async (client) => (await client.query(sql, values)).rows)
}

describe.runIf(environment().ARGYLE_TEST_SERVICES === '1')('the job that creates databases', () => {
  test('creates missing databases, keeps existing ones, sets the given password, and grants access to nobody else', async () => {
    const [first, second] = [0, 1].map(() => `t${randomBytes(6).toString('hex')}`)
    const variable = (name: string | undefined) => `${name?.toUpperCase()}_DATABASE_PASSWORD`
    const database = (name: string | undefined) => `argyle_${name}`
    const passwordOf = (name: string | undefined) =>
      rows('SELECT rolpassword FROM pg_authid WHERE rolname = $1', database(name))
    try {
      makeDatabases({ [variable(first)]: "it's one" })
      const before = await passwordOf(first)
      makeDatabases({ [variable(first)]: 'another', [variable(second)]: 'two' })
      expect(await passwordOf(first)).not.toEqual(before)
      for (const name of [first, second])
        expect(
          await rows(
            `SELECT pg_get_userbyid(datdba) AS owner, has_database_privilege('public', datname, 'CONNECT') AS open
               FROM pg_database WHERE datname = $1`,
            database(name),
          ),
        ).toEqual([{ owner: database(name), open: false }])
    } finally {
      await asAdmin(async (client) => {
        for (const name of [first, second]) {
          await client.query(`DROP DATABASE IF EXISTS ${client.escapeIdentifier(database(name))}`)
          await client.query(`DROP ROLE IF EXISTS ${client.escapeIdentifier(database(name))}`)
        }
      })
    }
  })
})
