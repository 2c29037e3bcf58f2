import { expect, test } from 'vitest'
import { parseSettings } from '../settings.ts'
import { callerHeaders, namedSubgraphs, passRequestHeaders } from './header-rules.ts'

const { headers } = parseSettings(
  {
    headers: {
      request: [{ name: 'x-a' }, { name: 'constructor' }, { cookie: 'session' }, { cookie: '__proto__' }],
    },
  },
  'a test',
)
const rules = callerHeaders(headers.request)

function passed(client: Record<string, string | string[]>): Record<string, string> {
  const sent: Record<string, string> = Object.create(null)
  passRequestHeaders(rules, client, sent)
  return { ...sent }
}

test.each([
  ['session=1', 'session=1'],
  ['a=1; session=2; b=3', 'session=2'],
  ['a=1;session=2;\tb=3', 'session=2'],
  ['session="a b"', 'session="a b"'],
  ['session=a=b', 'session=a=b'],
  ['session=', 'session='],
  ['session=1; session=2', 'session=1; session=2'],
  ['__proto__=1', '__proto__=1'],
  ['sessionX', undefined],
  ['sessionX=1', undefined],
  ['xsession=1', undefined],
  ['session', undefined],
  ['=session', undefined],
  ['Session=1', undefined],
  ['session =1', undefined],
  ['a="; session=1"', 'session=1"'],
  ['constructor=1; toString=2', undefined],
  ['; ; ', undefined],
])('of the cookies %j passes %j', (cookie, expected) => {
  expect(passed({ cookie }).cookie).toBe(expected)
})

test('a header passes by its own name only, whatever every object has', () => {
  expect(passed({})).toEqual({})
  expect(passed({ 'x-a': '1', 'x-ab': '2' })).toEqual({ 'x-a': '1' })
  expect(passed({ 'x-a': ['1', '2'] })).toEqual({ 'x-a': '1, 2' })
  expect(passed({ constructor: 'mine' })).toEqual({ constructor: 'mine' })
})

test('a rule that names no cookie is refused', () => {
  expect(() => parseSettings({ headers: { request: [{ cookie: 'a b' }] } }, 'x')).toThrow(
    /"a b" is not a cookie name/,
  )
})

test('subgraphs are named by rules, by sections of their own, and by who may name readers', () => {
  const settings = parseSettings(
    {
      headers: {
        request: [{ name: 'a', to: ['one', 'six'] }, { name: 'c' }],
        response: [{ name: 'b', from: ['two', 'one'] }, { name: 'd' }],
      },
      http: { forward: [{ path: '/images/', to: 'three' }] },
      identity: { readers_from: ['four'] },
      subgraphs: { five: { time: '1s' } },
    },
    'a test',
  )
  expect([...namedSubgraphs(settings)].sort()).toEqual(['five', 'four', 'one', 'six', 'three', 'two'])
})
