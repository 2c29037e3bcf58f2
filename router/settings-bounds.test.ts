import { describe, expect, test } from 'vitest'
import { parseSettings } from './settings.ts'

/** Settings with one value, at a path of names joined by dots. */
function settingsWith(path: string, value: unknown): object {
  return path.split('.').reduceRight<unknown>((inner, name) => ({ [name]: inner }), value) as object
}

const valueAt = (settings: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, name) => (inner as Record<string, unknown>)[name], settings)

test.each<[path: string, least: number, most: number]>([
  ['http.trusted_proxies', 0, 10],
  ['limits.connections.total', 1, 1_000_000],
  ['limits.connections.address', 1, 1_000_000],
  ['limits.requests.working', 1, 100_000],
  ['limits.requests.waiting', 0, 100_000],
  ['limits.batch', 1, 100],
  ['limits.tokens', 1, 100_000],
  ['limits.depth', 1, 200],
  ['limits.aliases', 0, 100_000],
  ['limits.root_fields', 1, 10_000],
  ['limits.selections', 1, 10_000_000],
  ['limits.values', 1, 1_000_000],
  ['limits.nesting', 8, 1_000],
  ['limits.cost.maximum', 1, 1_000_000_000],
  ['limits.cost.list_size', 0, 10_000],
  ['cache.operations', 1, 1_000_000],
  ['cache.codes', 0, 100_000],
  ['cache.persisted', 1, 1_000_000],
  ['fetching.values', 262_144, 100_000_000],
  ['fetching.connections', 1, 10_000],
  ['fetching.retries.percent', 0, 100],
  ['fetching.retries.reserve', 0, 1_000],
  ['fetching.breaker.failures', 1, 1_000_000],
  ['fetching.breaker.percent', 1, 100],
])('%s is a whole number from %d to %d', (path, least, most) => {
  for (const value of [least, most])
    expect(valueAt(parseSettings(settingsWith(path, value), 'x'), path)).toBe(value)
  for (const value of [least - 1, most + 1, least + 0.5, `${least}`])
    expect(() => parseSettings(settingsWith(path, value), 'x')).toThrow(
      `${path}: ${JSON.stringify(value)} is not a whole number from ${least} to ${most}`,
    )
})

test.each<[path: string, allowed: readonly unknown[], refused: readonly unknown[]]>([
  ['http.path', ['/', '/graphql', '/a-b/c_1/'], ['/health/ready', '/a//b', '/a.b']],
  [
    'http.forward',
    [Array(100).fill({ path: '/a/b-c/', to: 'shelf' }), [{ path: '/a/', to: 'shelf', post: true }]],
    [
      Array(101).fill({ path: '/a/', to: 'shelf' }),
      ...['/', '/a', 'a/', '/a.b/'].map((path) => [{ path, to: 'shelf' }]),
      [{ path: '/a/', to: '' }],
      [{ path: '/a/' }],
    ],
  ],
  [
    'http.cors',
    [{ origins: ['https://a.test'], credentials: true }],
    [{ origins: ['*'], credentials: true }],
  ],
  ['http.compression.encodings', [[], ['gzip', 'br']], [['deflate'], 'br']],
  ['fetching.encodings', [[], ['gzip', 'br']], [['deflate'], 'br']],
  ['fetching.scalar', ['256KB'], ['255KB']],
  ['cache.recordings', ['0B', '1B'], ['0KB', '0', 0]],
  ['limits.body', ['1B', '999999MB'], ['0B', '01B', '1000000MB', '1GB', '1', 1, '1.5KB', ' 1B', '1B ']],
  ['limits.send', ['1ms', '1s', '1m'], ['0s', '1h', '1', '-1s']],
  ['limits.cost.mode', ['enforce', 'measure'], ['off']],
  ['identity.readers_from', [['shelf'], Array(100).fill('shelf')], [[''], Array(101).fill('shelf')]],
  [
    'subgraphs.shelf',
    [{ url: 'http://a.test' }, { url: 'https://a.test/b', time: '1s' }],
    [{ url: 'ftp://a.test' }, { url: 'a.test' }, { time: 1 }],
  ],
  [
    'headers.request',
    [[{ name: 'x-a' }], [{ cookie: 'sid', to: ['shelf'] }]],
    [[{ name: 'x-a', to: [] }], [{ name: 'x-a', to: [''] }], [{ name: 'x:a' }], [{ cookie: 'a;b' }], [{}]],
  ],
  [
    'headers.response',
    [[{ name: 'x-a', from: ['shelf'] }]],
    [[{ name: 'x-a', from: [] }], [{ cookie: 'a' }]],
  ],
])('%s', (path, allowed, refused) => {
  for (const value of allowed) expect(() => parseSettings(settingsWith(path, value), 'x')).not.toThrow()
  for (const value of refused) expect(() => parseSettings(settingsWith(path, value), 'x')).toThrow(path)
})

describe('a name that is no setting is refused', () => {
  const objects = (settings: unknown): string[] =>
    Object.entries(settings as object).flatMap(([name, value]) =>
      typeof value === 'object' && !Array.isArray(value) && !(value instanceof Map)
        ? [name, ...objects(value).map((below) => `${name}.${below}`)]
        : [],
    )

  test.each(objects(parseSettings({}, 'x')))('in %s', (path) => {
    expect(() => parseSettings(settingsWith(`${path}.typo`, 1), 'x')).toThrow(/"typo"/)
  })
})

test('header names are read in lower case', () => {
  const { headers } = parseSettings({ headers: { request: [{ name: 'X-Shop' }] } }, 'x')
  expect(headers.request).toEqual([{ name: 'x-shop' }])
})

test('the time of a request may be a millisecond longer than that of the slowest subgraph', () => {
  const within = (time: string) =>
    parseSettings({ limits: { time }, subgraphs: { slow: { time: '6s' } } }, 'x').limits.time
  expect(within('6001ms')).toBe(6_001)
  expect(() => within('6s')).toThrow('limits.time (6000 ms) must exceed')
})
