import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'
import { parseSettings } from './settings.ts'

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'router-config-'))
})

afterAll(() => rmSync(folder, { recursive: true }))

function settingsFile(text: string): string {
  const file = join(folder, 'router.yaml')
  writeFileSync(file, text)
  return file
}

function config(args: readonly string[], env: Record<string, string> = {}) {
  return readConfig(['--config', settingsFile(''), ...args], { LOG_LEVEL: 'silent', ...env })
}

describe('the configuration', () => {
  test('serves ./supergraph.yaml at 127.0.0.1:4000 to anonymous callers unless told', () => {
    expect(config([])).toMatchObject({
      supergraph: { file: './supergraph.yaml' },
      port: 4000,
      host: '127.0.0.1',
      accessTokens: undefined,
      internalTokenMasterKey: undefined,
      production: false,
    })
  })

  test('takes the environment, and options before it; an empty variable counts as absent', () => {
    const env = { SUPERGRAPH: 'a.graphql', PORT: '4100', HOST: '', NODE_ENV: 'production' }
    expect(config(['--port', '0'], env)).toMatchObject({
      supergraph: { file: 'a.graphql' },
      port: 0,
      host: '127.0.0.1',
      production: true,
    })
  })

  test('takes how to run: processes, executor, or an explanation instead', () => {
    expect(config([])).toMatchObject({ workers: null, explain: null, hasCode: false })
    const args = ['--workers', '3', '--executor', 'compiled', '--explain', 'a.graphql']
    expect(config(args)).toMatchObject({
      workers: 3,
      executor: 'compiled',
      explain: 'a.graphql',
    })
    expect(config(['--workers', 'auto']).workers).toBeGreaterThan(0)
  })

  test('takes identity as a whole', () => {
    const env = {
      JWKS_URL: 'http://id.test/jwks',
      ACCESS_TOKEN_ISSUER: 'i',
      ACCESS_TOKEN_AUDIENCE: 'a',
      INTERNAL_TOKEN_MASTER_KEY: Buffer.alloc(32, 7).toString('base64url'),
    }
    const { accessTokens, internalTokenMasterKey } = config([], env)
    expect(accessTokens).toEqual({ jwksUrl: 'http://id.test/jwks', issuer: 'i', audience: 'a' })
    expect(internalTokenMasterKey).toHaveLength(32)
  })

  const mistakes: Record<string, [string[], Record<string, string>, RegExp]> = {
    'an option that there is not': [
      ['--prot', '1'],
      {},
      /^Unknown option '--prot'\. There are: --supergraph FILE, --port N/,
    ],
    'an option without its value': [['--port'], {}, /--port/],
    'a word of its own': [['serve'], {}, /Unexpected argument 'serve'/],
    'a port that is none': [['--port', 'http'], {}, /PORT: "http" is not a port: 0 to 65535/],
    'a port too high': [['--port', '65536'], {}, /PORT: "65536" is not a port: 0 to 65535/],
    'several faults': [
      [],
      { LOG_LEVEL: 'loud', INTERNAL_TOKEN_MASTER_KEY: 'short', JWKS_URL: 'ftp://x' },
      /INTERNAL_TOKEN_MASTER_KEY: must be 32 bytes[\s\S]*JWKS_URL: must be[\s\S]*LOG_LEVEL: "loud" is none of/,
    ],
    'half an identity': [
      [],
      { JWKS_URL: 'http://id.test' },
      /ACCESS_TOKEN_ISSUER, ACCESS_TOKEN_AUDIENCE: must be set too/,
    ],
    'settings that there are not': [['--config', 'none.yaml'], {}, /^Cannot read none\.yaml: no such file/],
  }
  for (const [mistake, [args, env, message]] of Object.entries(mistakes)) {
    test(`given ${mistake} says so`, () => {
      expect(() => config(args, env)).toThrow(message)
    })
  }
})

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

  test('read units', () => {
    const { limits, fetching } = parseSettings(
      { limits: { body: '64KB', time: '2m' }, fetching: { time: '250ms' } },
      'x',
    )
    expect([limits.body, limits.time, fetching.time]).toEqual([65_536, 120_000, 250])
  })

  test('tell every mistake at once, with the value and what is allowed', () => {
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
      'headers.response.0.name: "content-length" cannot be passed on',
      'typo',
    ]) {
      expect(told).toContain(part)
    }
    expect(() => parseSettings({ http: { cors: { origins: ['*'], credentials: true } } }, 'x')).toThrow(
      /list of origins/,
    )
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
    ['null', 'such as "https://shop.example"'],
    ['', 'such as "https://shop.example"'],
  ])('refuse the origin %j with the right one', (origin, remedy) => {
    expect(() => parseSettings({ http: { cors: { origins: [origin] } } }, 'x')).toThrow(
      `${JSON.stringify(origin)} is not an origin: `,
    )
    expect(() => parseSettings({ http: { cors: { origins: [origin] } } }, 'x')).toThrow(remedy)
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

  test.each(['graphql', '//graphql', '/graphql?a', '/a b', '/health/live', ''])(
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
