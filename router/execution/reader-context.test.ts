import { expect, test } from 'vitest'
import type { RequestContext } from '../request-context.ts'
import { userIdentity } from '../security/identity.ts'
import { entities, root } from '../testing/plan-tree.ts'
import { compileSteps } from './compiled-step.ts'
import { readerContext } from './reader-context.ts'

const READER = userIdentity('usr_1', null, '')
// The parts of a context that are read.
const CLIENT = { identity: { kind: 'anonymous', hasExpired: false } } as unknown as RequestContext
const READERS = new Map([['signIn', READER]])

const field = (name: string) => ({ kind: 'field', name }) as const

function identityFor(fetch: Parameters<typeof compileSteps>[0][number]['fetch']) {
  const [step] = compileSteps([{ fetch, after: new Set() }], { isOfType: () => true })
  if (!step) throw new Error('a step was compiled')
  return readerContext(step, READERS, CLIENT).identity
}

/** A request for entities at paths, one lane for each list of them. */
function entitiesAt(...lanes: readonly (readonly string[])[]) {
  const fetch = entities('users', 'x', 'n')
  const [lane] = fetch.lanes
  if (!lane) throw new Error('there is a lane')
  const pathsOf = (paths: readonly string[]) => paths.map((path) => path.split('.').map(field))
  return { ...fetch, lanes: lanes.map((paths) => ({ ...lane, paths: pathsOf(paths) })) }
}

test.each([
  ['below its field', entitiesAt(['signIn.account']), true],
  ['at several places below its field', entitiesAt(['signIn.account', 'signIn.owner'], ['signIn.x']), true],
  ['below another field', entitiesAt(['signOut.account']), false],
  ['also below another field', entitiesAt(['signIn.account', 'signOut.account']), false],
  ['also below another field, in another lane', entitiesAt(['signIn.account'], ['signOut.account']), false],
  ['also below its field, after another', entitiesAt(['signOut.account'], ['signIn.account']), false],
  ['for root fields of a query below its field', { ...root('users', 'me'), path: [field('signIn')] }, true],
  ['for root fields below another', { ...root('users', 'me'), path: [field('signOut')] }, false],
  ['for the root fields themselves', root('users', 'signIn', 'mutation'), false],
  [
    'below the root by its type',
    { ...root('users', 'me'), path: [{ kind: 'types', names: ['signIn'] } as const, field('signIn')] },
    false,
  ],
])('whether a request %s is made as the reader', (_, fetch, isReader) => {
  expect(identityFor(fetch)).toBe(isReader ? READER : CLIENT.identity)
})
