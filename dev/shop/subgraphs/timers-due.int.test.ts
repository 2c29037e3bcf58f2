import { testDatabase } from '@argyle/kit/testing/database'
import { dueSql } from '@argyle/kit/timers'
import pg from 'pg'
import { expect, test } from 'vitest'
import { importSubgraph, SUBGRAPH_NAMES } from './subgraphs.ts'

const NOW = new Date('2026-03-01T12:00:00Z')

/** Timers that have work in an empty database. */
const AT_ONCE = ['refresh-scores']

test.each(SUBGRAPH_NAMES)('the timers of %s find no work in an empty database, by an index', async (name) => {
  const { timers = [] } = await importSubgraph(name)
  const asking = timers.flatMap((timer) => (timer.due === undefined ? [] : [{ ...timer, due: timer.due }]))
  const database = await testDatabase(name)
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query('SET enable_seqscan = off')
  for (const { name: timer, due } of asking) {
    const { rows } = await client.query(dueSql([due]), [NOW])
    expect([timer, rows[0]?.d0]).toEqual([timer, AT_ONCE.includes(timer) ? true : null])
    const plan = await client.query(`EXPLAIN ${dueSql([due])}`, [NOW])
    const scans = plan.rows.map((row) => String(row['QUERY PLAN'])).filter((line) => /Scan/.test(line))
    if (!AT_ONCE.includes(timer)) expect(scans.join('\n')).toMatch(/^(.*Index (Only )?Scan using.*\n?)+$/)
  }
  await client.end()
  await database.drop()
})
