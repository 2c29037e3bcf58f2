import { expect, test } from 'vitest'
import { subgraphKey } from '../../router/security/internal-token.ts'
import { newSecrets, withSubgraph } from './environment.ts'

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
    '.env holds REVIEWS_DATABASE_PASSWORD and REVIEWS_INTERNAL_TOKEN_KEY already: nothing was changed',
  )
})

test.each(['', 'INTERNAL_TOKEN_MASTER_KEY=short', 'OTHER=1'])(
  'without a whole master key (%j) nothing is added',
  (text) => {
    expect(() => withSubgraph(text, 'favourites')).toThrow(
      '.env has no INTERNAL_TOKEN_MASTER_KEY of 32 bytes',
    )
  },
)
