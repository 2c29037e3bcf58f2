import { expect, test } from 'vitest'
import { isAboutChange } from './unique-warning.ts'

const warningOf = (columns: string, table: string) =>
  `A unique constraint covering the columns \`[${columns}]\` on the table \`${table}\` will be added. If there are existing duplicate values, this will fail.`

const SQL = `-- AlterTable
ALTER TABLE "hat" ADD COLUMN "size" INTEGER;

-- CreateIndex
CREATE UNIQUE INDEX "hat_id_size_key" ON "hat"("id", "size");
CREATE INDEX "shoe_size_idx" ON "shoe"("size");
`

test.each([
  ['the unique index that is made', warningOf('id,size', 'hat'), SQL, true],
  [
    'a unique index with an order',
    warningOf('size', 'hat'),
    'CREATE UNIQUE INDEX "hat_size_key" ON "hat"("size" DESC);',
    true,
  ],
  [
    'a partial unique index',
    warningOf('size', 'hat'),
    'CREATE UNIQUE INDEX "hat_size_key" ON "hat"("size") WHERE (id > 1);',
    true,
  ],
  ['that of another table', warningOf('id,size', 'shoe'), SQL, false],
  ['an index that is not unique', warningOf('size', 'shoe'), SQL, false],
  ['a migration without SQL', warningOf('id,size', 'hat'), '', false],
  ['another warning', 'You are about to drop the column `size` on the `hat` table.', '', true],
])('%s', (_, warning, sql, expected) => {
  expect(isAboutChange(warning, sql)).toBe(expected)
})
