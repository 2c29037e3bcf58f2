import { expect, test } from 'vitest'
import { packageOf, selfTimes } from './self-times.ts'

test.each([
  ['parse', 'file:///shop/node_modules/graphql/language/parser.mjs', 'graphql'],
  ['x', 'file:///shop/node_modules/a/node_modules/@scope/b/lib/c.js', '@scope/b'],
  ['writev', 'node:internal/streams/writable', 'node:streams'],
  ['request', 'node:http', 'node:http'],
  ['wake', 'file:///shop/subgraphs/kit/messages/outbox.ts', 'subgraphs/kit'],
  ['client', 'file:///shop/subgraphs/users/generated/prisma/client.ts', 'subgraphs/users/generated'],
  ['post', 'file:///shop/router/http-client/post.ts', 'router'],
  ['(garbage collector)', '', 'garbage collector'],
  ['(program)', '', 'V8 and Node, native'],
])('%s of %s belongs to %s', (name, url, owner) => {
  expect(packageOf(name, url)).toBe(owner)
})

test('a sample lasts until the next one, and idle time is not counted', () => {
  const frame = (functionName: string, url: string) => ({ functionName, url, lineNumber: 9 })
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(idle)', '') },
      { id: 2, callFrame: frame('parse', 'file:///shop/node_modules/graphql/language/parser.mjs') },
      { id: 3, callFrame: frame('', 'file:///shop/router/http/request/body.ts') },
    ],
    samples: [2, 1, 3, 2, 2],
    timeDeltas: [100, 2_000, 50_000, 4_000, 6_000],
  }
  const { byPackage, byFunction } = selfTimes(profile, 2)
  expect(Object.fromEntries(byPackage)).toEqual({ graphql: 4, router: 2 })
  expect(Object.fromEntries(byFunction)).toEqual({
    'parse graphql/language/parser.mjs:10': 4,
    '(anonymous) router/http/request/body.ts:10': 2,
  })
})

test('input that is no profile is refused', () => {
  expect(() => selfTimes({ nodes: [] }, 1)).toThrow()
})
