import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseSettings } from './settings.ts'

describe('settings', () => {
  test('have a default for everything', () => {
    expect(parseSettings({}, 'x')).toMatchObject({
      http: { path: '/graphql', trusted_proxies: 0, cors: { origins: [], credentials: false } },
      limits: { body: 1_048_576, tokens: 4_000, depth: 50, selections: 20_000, time: 15_000 },
      cache: { operations: 1_000 },
      fetching: { time: 5_000, response: 16_777_216, connections: 128 },
      subgraphs: {},
      headers: { request: [], response: [] },
    })
  })

  test('are in README.md, each with its default', () => {
    const readme = readFileSync(new URL('README.md', import.meta.url), 'utf8')
    const [, block = ''] = /```yaml\n(http:[\s\S]*?)```/.exec(readme) ?? []
    const [shown, defaults] = [parse(block), parseSettings({}, 'x')]
    expect(parseSettings(shown, 'README.md')).toEqual(defaults)
    expect(pathsIn(defaults).filter((path) => !pathsIn(shown).includes(path))).toEqual([])
  })

  test('read units', () => {
    const { limits, fetching } = parseSettings(
      { limits: { body: '64KB', time: '2m' }, fetching: { time: '250ms' } },
      'x',
    )
    expect([limits.body, limits.time, fetching.time]).toEqual([65_536, 120_000, 250])
  })

  test('report all errors together, with the value and the allowed ones', () => {
    const wrong = {
      limits: { time: 'soon', tokens: 0, depth: 2.5 },
      fetching: { time: 5 },
      http: { cors: { origins: ['*'], credentials: true }, path: 'graphql' },
      headers: {
        request: [{ name: 'x y' }, { name: 'Traceparent' }],
        response: [{ name: 'content-length' }],
      },
      typo: 1,
    }
    const message = /^x cannot be used:\n/
    let told = ''
    try {
      parseSettings(wrong, 'x')
    } catch (error) {
      told = String((error as Error).message)
    }
    expect(told).toMatch(message)
    for (const part of [
      'limits.time: "soon" is not of the form 500ms, 5s or 1m',
      'limits.tokens: 0 is not a whole number from 1 to 100000',
      'limits.depth: 2.5 is not a whole number from 1 to 200',
      'fetching.time: 5 is not of the form',
      'http.path',
      'headers.response.0.name: "content-length" cannot be forwarded',
      'typo',
    ]) {
      expect(told).toContain(part)
    }
    expect(() => parseSettings({ http: { cors: { origins: ['*'], credentials: true } } }, 'x')).toThrow(
      /list of origins/,
    )
    const among = { origins: ['https://shop.example', '*'], credentials: true }
    expect(() => parseSettings({ http: { cors: among } }, 'x')).toThrow(/list of origins/)
    expect(() => parseSettings({ headers: { request: [{ name: 'Cookie' }] } }, 'x')).toThrow(
      /"Cookie"|"cookie"/,
    )
  })

  test.each([
    ['http://localhost:5173/', 'write "http://localhost:5173"'],
    ['https://Shop.Example', 'write "https://shop.example"'],
    ['https://shop.example:443', 'write "https://shop.example"'],
    ['https://shop.example/app', 'write "https://shop.example"'],
    ['https://shop.example?a', 'write "https://shop.example"'],
    ['https://me@shop.example', 'write "https://shop.example"'],
    ['shop.example', 'such as "https://shop.example"'],
    ['mailto:me@shop.example', 'such as "https://shop.example"'],
    ['null', 'such as "https://shop.example"'],
    ['', 'such as "https://shop.example"'],
  ])('refuse the origin %j with the right one', (origin, remedy) => {
    expect(() => parseSettings({ http: { cors: { origins: [origin] } } }, 'x')).toThrow(
      `${JSON.stringify(origin)} is not an origin: `,
    )
    expect(() => parseSettings({ http: { cors: { origins: [origin] } } }, 'x')).toThrow(remedy)
  })

  test.each(
    `connection content-encoding content-length content-type cookie expect host keep-alive proxy-authenticate
     proxy-authorization te trailer traceparent tracestate transfer-encoding upgrade x-forwarded-for x-request-id
     x-request-timeout-ms accept accept-encoding`.split(/\s+/),
  )('pass no header %s, which the router writes or a connection needs', (name) => {
    const message = `${JSON.stringify(name)} cannot be forwarded`
    expect(() => parseSettings({ headers: { request: [{ name }] } }, 'x')).toThrow(message)
    expect(() => parseSettings({ headers: { response: [{ name }] } }, 'x')).toThrow(message)
  })

  test('take every origin that a browser sends', () => {
    const origins = [
      'http://localhost:5173',
      'https://shop.example',
      'http://[::1]:8080',
      'capacitor://localhost',
      '*',
    ]
    expect(parseSettings({ http: { cors: { origins } } }, 'x').http.cors.origins).toEqual(origins)
  })

  test.each(['graphql', '//graphql', '/graphql?a', '/a b', '/health/live', '/health/ready', ''])(
    'refuse the path %j',
    (path) => {
      expect(() => parseSettings({ http: { path } }, 'x')).toThrow(`http.path: ${JSON.stringify(path)} is `)
    },
  )

  test('quote and shorten what they echo: no name begins a line of its own', () => {
    const wrong = {
      subgraphs: { 'a\nThe router is fine': { url: 1 } },
      'typo\u001b[2J\nall is well': 1,
      limits: { time: `x\n${'y'.repeat(10_000)}` },
    }
    let told = ''
    try {
      parseSettings(wrong, 'x')
    } catch (error) {
      told = String((error as Error).message)
    }
    expect(told.split('\n')).toHaveLength(4)
    expect(told).toContain('subgraphs."a\\nThe router is fine".url')
    expect(told).toContain('\\u001b[2J\\u000aall is well')
    expect(told.length).toBeLessThan(1_000)
  })

  test('refuse a request limit that no fetch could reach', () => {
    expect(() => parseSettings({ limits: { time: '5s' } }, 'x')).toThrow(
      /must exceed every subgraph's time \(5000 ms\)/,
    )
    expect(() => parseSettings({ subgraphs: { slow: { time: '1m' } } }, 'x')).toThrow(/60000 ms/)
  })
})

/** The paths of all members of nested objects. */
function pathsIn(value: unknown, above = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return []
  return Object.entries(value).flatMap(([key, inner]) => [
    `${above}${key}`,
    ...pathsIn(inner, `${above}${key}.`),
  ])
}
