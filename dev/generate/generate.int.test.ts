import { spawn } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { programEnvironment } from '@argyle/kit/testing/own-process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { outputOf } from '../shop/testing/process-output.ts'
import { copyRepository, type RepositoryCopy } from '../test/repository-copy.ts'

let copy: RepositoryCopy
beforeAll(async () => {
  copy = copyRepository()
  await generate()
})
afterAll(() => copy?.remove())

/** Runs `npm run generate` in the copy. */
async function generate(...names: string[]): Promise<{ code: number | null; output: string }> {
  const { HOME } = environment()
  const child = spawn(process.execPath, ['dev/generate.ts', ...names], {
    ...{ cwd: copy.root, env: { ...programEnvironment(), HOME }, stdio: 'pipe' },
  })
  const { ended, text } = outputOf(child)
  return { code: await ended, output: text() }
}

const SCHEMA = 'subgraphs/reviews/schema.graphql'
const PRISMA = 'prisma/reviews/schema.prisma'
const CLIENT = 'subgraphs/users/generated/prisma/client.ts'

test('what is current is not generated again', async () => {
  expect(await generate()).toEqual({ code: 0, output: '' })
})

test('the output of a changed source, and a missing one, is generated and named', async () => {
  copy.edit(SCHEMA, 'type Query {', 'type Query {\n  "How the shop greets."\n  greeting: String')
  copy.edit(PRISMA, 'enum ReviewStatus {', 'enum Greeting {\n  HELLO\n}\n\nenum ReviewStatus {')
  rmSync(path.join(copy.root, CLIENT))
  // The others are left for the next run.
  const users = await generate('users')
  expect(users).toEqual({ code: 0, output: 'generated the Prisma client of users\n' })
  expect(existsSync(path.join(copy.root, CLIENT))).toBe(true)
  const { code, output } = await generate()
  expect([code, output.split('\n').toSorted()]).toEqual([
    0,
    ['', 'generated the Prisma client of reviews', 'generated the resolver types of reviews'],
  ])
  expect(copy.read('subgraphs/reviews/generated/resolvers.ts')).toContain('greeting')
  expect(copy.read('subgraphs/reviews/generated/prisma/enums.ts')).toContain('Greeting')
  expect(await generate()).toEqual({ code: 0, output: '' })
})

test('every source with a fault is named, and its output stays outdated until it is mended', async () => {
  copy.edit(SCHEMA, 'greeting: String', 'greeting: Strin')
  copy.edit(PRISMA, 'enum Greeting {', 'enum Greeting')
  for (let time = 0; time < 2; time++) {
    const { code, output } = await generate()
    expect(code).toBe(1)
    expect(output).toMatch(
      /^prisma\/reviews\/schema\.prisma: [\s\S]*^subgraphs\/reviews\/schema\.graphql: .*"Strin"/m,
    )
  }
})

test('an unknown name is refused with the known ones, and help is printed', async () => {
  const { code, output } = await generate('users', 'hats', 'coats')
  expect([code, output]).toEqual([
    1,
    expect.stringMatching(/^no subgraph "hats, coats": allowed is analytics, .*users\n$/),
  ])
  for (const name of SUBGRAPH_NAMES) expect(output).toContain(name)
  expect(await generate('--help')).toEqual({
    code: 0,
    output: expect.stringContaining('npm run generate [-- NAME...]'),
  })
})
