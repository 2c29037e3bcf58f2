import path from 'node:path'
import { testDatabase } from '@argyle/kit/testing/database'
import pg from 'pg'
import { expect, test } from 'vitest'
import { foldersWith, root } from '../repository.ts'

const CHECKS = `
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s;', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS text
  FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 ORDER BY conrelid::regclass::text COLLATE "C", conname`

const HEAD = `-- The CHECK constraints of the tables, which schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
`

test.each(foldersWith('prisma', 'schema.prisma'))(
  'the CHECK constraints of the tables of %s are those of its checks.sql',
  async (name) => {
    const database = await testDatabase(name)
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const { rows } = await client.query<{ text: string }>(CHECKS)
    await client.end()
    await database.drop()
    const page = `${HEAD}${rows.map(({ text }) => `${text}\n`).join('')}`
    await expect(page).toMatchFileSnapshot(path.join(root, 'prisma', name, 'checks.sql'))
  },
)
