import path from 'node:path'
import { testDatabase } from '@argyle/kit/testing/database'
import pg from 'pg'
import { expect, test } from 'vitest'
import { foldersWith, root } from '../repository.ts'

const CHECKS = `
SELECT format('ALTER TABLE %s ADD CONSTRAINT %I %s;', conrelid::regclass, conname, pg_get_constraintdef(oid)) AS text
  FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0 ORDER BY conrelid::regclass::text COLLATE "C", conname`

// Relations of extensions depend on them.
const OWN = (catalog: string, oid: string) => `
NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${catalog}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`

/** Definitions that schema.prisma cannot express either: storage parameters, collations, functions, triggers, and configurations of text search. */
const OTHERS = [
  `SELECT format('ALTER TABLE %s SET (%s);', oid::regclass, array_to_string(reloptions, ', ')) AS text
     FROM pg_class WHERE relkind = 'r' AND reloptions IS NOT NULL AND relnamespace = 'public'::regnamespace ORDER BY 1`,
  `SELECT pg_get_indexdef(i.indexrelid) || ';' AS text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'public'::regnamespace AND pg_get_indexdef(i.indexrelid) ~ 'WITH \\(|COLLATE' ORDER BY 1`,
  `SELECT format('ALTER TABLE %s ALTER COLUMN %I TYPE %s COLLATE %s;', attrelid::regclass, attname, format_type(atttypid, atttypmod), attcollation::regcollation) AS text
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped
      AND attcollation NOT IN (0, 'pg_catalog."default"'::regcollation) ORDER BY 1`,
  `SELECT pg_get_functiondef(p.oid) || ';' AS text FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace AND p.prokind = 'f' AND ${OWN('pg_proc', 'p.oid')} ORDER BY 1`,
  `SELECT pg_get_triggerdef(oid) || ';' AS text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1`,
  `SELECT format('ALTER TEXT SEARCH CONFIGURATION %s ALTER MAPPING FOR %s WITH %s;', c.oid::regconfig, t.alias,
                 string_agg(m.mapdict::regdictionary::text, ', ' ORDER BY m.mapseqno)) AS text
     FROM pg_ts_config c JOIN pg_ts_config_map m ON m.mapcfg = c.oid JOIN ts_token_type(c.cfgparser) t ON t.tokid = m.maptokentype
    WHERE c.cfgnamespace = 'public'::regnamespace GROUP BY c.oid, t.alias ORDER BY 1`,
]

const HEAD = `-- CHECK constraints, and whatever else the migrations define that schema.prisma cannot express. This file is not executed.
-- npx vitest run dev/migrate/checks.int.test.ts -u writes it from the migrations.
`

test.each(foldersWith('prisma', 'schema.prisma'))(
  'the CHECK constraints of the tables of %s, and whatever schema.prisma cannot express, are those of its checks.sql',
  async (name) => {
    const database = await testDatabase(name)
    const client = new pg.Client({ connectionString: database.url })
    await client.connect()
    const texts: string[] = []
    for (const sql of [CHECKS, ...OTHERS])
      texts.push(...(await client.query<{ text: string }>(sql)).rows.map(({ text }) => `${text}\n`))
    await client.end()
    await database.drop()
    const page = `${HEAD}${texts.join('')}`
    await expect(page).toMatchFileSnapshot(path.join(root, 'prisma', name, 'checks.sql'))
  },
)
