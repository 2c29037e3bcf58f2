import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { fillInventory } from './fill-inventory.ts'
import { fillOrders } from './fill-orders.ts'
import { fillPayments, fillSandboxGateway } from './fill-payments.ts'
import { fillProducts } from './fill-products.ts'
import { fillReviews } from './fill-reviews.ts'
import { fillShipping } from './fill-shipping.ts'
import { fillSupport } from './fill-support.ts'
import { fillUsers } from './fill-users.ts'
import type { Filling } from './filling.ts'

const SEEDS = [1, 2, 3, 4]
const TODAY = Date.parse('2026-11-21')

/** Number of rows of each table in the shops of some seeds, and the beginning of the SHA-256 of these rows. */
function digestsOf({ rows }: Filling): Record<string, string> {
  const tables = new Map<string, string[]>()
  for (const seed of SEEDS)
    for (const { table, line } of rows({ seed, size: 'tiny', today: TODAY })) {
      const lines = tables.get(table.name)
      if (lines) lines.push(line)
      else tables.set(table.name, [table.columns.join(), line])
    }
  return Object.fromEntries(
    [...tables].map(([name, lines]) => {
      const digest = createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 12)
      return [name, `${lines.length - 1} ${digest}`]
    }),
  )
}

const FILLINGS = [
  fillUsers('a hash'),
  fillProducts,
  fillInventory,
  fillReviews,
  fillOrders,
  fillPayments,
  fillSandboxGateway,
  fillShipping,
  fillSupport,
]

const HEAD = `Rows of the seed: for each table, their number in four tiny shops, and the beginning of their SHA-256.
A data folder keeps only its plan, and benchmarks of two versions compare the same shop. Therefore a plan has the same
rows on every machine and in every version, and the lines below change only where the seed is changed on purpose.
npx vitest run dev/seed/same-rows.test.ts -u writes this file; the test compares it.
`

test('the rows of a plan are those of same-rows.txt', async () => {
  const lines = FILLINGS.flatMap((filling) =>
    Object.entries(digestsOf(filling)).map(([name, digest]) => `${filling.database}.${name} ${digest}`),
  )
  await expect(`${HEAD}\n${lines.join('\n')}\n`).toMatchFileSnapshot('same-rows.txt')
})
