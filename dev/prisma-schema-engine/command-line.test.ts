import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readCommandLine } from './command-line.ts'

const datasource = JSON.stringify({ url: 'postgresql://a@b/c', shadowDatabaseUrl: 'x' })

test.each([
  [['--version'], { verb: 'version' }],
  [['-V'], { verb: 'version' }],
  [['--datasource', datasource], { verb: 'rpc', url: 'postgresql://a@b/c' }],
  [['--datasource', datasource, 'cli', 'can-connect-to-database'], { verb: 'can-connect-to-database' }],
  [
    ['--extension-types', '[]', 'cli', 'create-database', '--datasource', datasource],
    { url: 'postgresql://a@b/c' },
  ],
  [[], { verb: 'rpc', url: undefined, datamodels: [] }],
])('%j is read as %j', (argv, expected) => {
  expect(readCommandLine(argv)).toMatchObject(expected)
})

test('schema files are read whole, in their order', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-engine-'))
  const file = path.join(folder, 'schema.prisma')
  writeFileSync(file, 'model Sock { id Int @id }')
  expect(readCommandLine(['-d', file, '--datamodels', file]).datamodels).toEqual(
    Array(2).fill([file, 'model Sock { id Int @id }']),
  )
  rmSync(folder, { recursive: true })
})

test('a subcommand that is not known is refused', () => {
  expect(() => readCommandLine(['cli', 'drop-everything'])).toThrow(/can-connect-to-database/)
})
