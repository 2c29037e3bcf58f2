import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { subgraphKey } from '../../router/security/internal-token.ts'
import { makeEnvironment, newSecrets, refusal, withSubgraph } from './environment.ts'

const env = Object.entries(newSecrets())
  .map(([name, value]) => `${name}=${value}`)
  .join('\n')

test('a subgraph that is added gets a password, and the key that the router derives for it', () => {
  const added = withSubgraph(`${env}\nEXTRA=kept`, 'favourites')
  expect(added.startsWith(`${env}\nEXTRA=kept\n`)).toBe(true)
  const [, master = ''] = /^INTERNAL_TOKEN_MASTER_KEY=(.*)$/m.exec(added) ?? []
  const key = subgraphKey(Buffer.from(master, 'base64url'), 'favourites').toString('base64url')
  expect(added).toContain(`FAVOURITES_INTERNAL_TOKEN_KEY=${key}\n`)
  expect(added).toMatch(/^FAVOURITES_DATABASE_PASSWORD=[0-9a-f]{48}$/m)
})

test('a subgraph that has its secrets already keeps them', () => {
  expect(() => withSubgraph(env, 'reviews')).toThrow(
    '.env already contains every secret of reviews: nothing was changed',
  )
})

const without = (pattern: RegExp) => env.split('\n').filter((line) => !pattern.test(line))

test.each(['users', 'notifications'])(
  'only the secret that %s needs since a later version is added',
  (name) => {
    const old = without(/^LINK_KEY=/).join('\n')
    const added = withSubgraph(old, name)
    expect(added.startsWith(`${old}\n`)).toBe(true)
    expect(added.slice(old.length + 1)).toMatch(/^LINK_KEY=[\w-]{43}\n$/)
  },
)

test('an existing .env is not overwritten, and the commands that complete it are printed', () => {
  const old = without(/^(LINK_KEY|NOTIFICATIONS_\w+)=/).join('\n')
  expect(refusal(old).split('\n')).toEqual([
    '.env is there already:',
    'it lacks LINK_KEY: npm run docker:env -- --add users',
    'it lacks NOTIFICATIONS_DATABASE_PASSWORD and NOTIFICATIONS_INTERNAL_TOKEN_KEY and LINK_KEY: npm run docker:env -- --add notifications',
  ])
  expect(refusal(env)).toContain('it contains the secrets of every subgraph')
})

test('an existing .env stays as it is, and the reason is printed', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-environment-'))
  const file = path.join(folder, '.env')
  try {
    writeFileSync(file, env)
    expect(() => makeEnvironment(file)).toThrow(refusal(env))
    expect(readFileSync(file, 'utf8')).toBe(env)
    // Any other reason is the system's own.
    expect(() => makeEnvironment(path.join(folder, 'away', '.env'))).toThrow('ENOENT')
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test.each(['', 'INTERNAL_TOKEN_MASTER_KEY=short', 'OTHER=1'])(
  'without a whole master key (%j) nothing is added',
  (text) => {
    expect(() => withSubgraph(text, 'favourites')).toThrow(
      '.env has no INTERNAL_TOKEN_MASTER_KEY of 32 bytes',
    )
  },
)
