import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readConfig } from './config.ts'

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
  const settings = args.includes('--config') ? [] : ['--config', settingsFile('')]
  return readConfig([...settings, ...args], { LOG_LEVEL: 'silent', ...env })
}

describe('the configuration', () => {
  test('serves ./supergraph.yaml at 127.0.0.1:4000 to anonymous callers by default', () => {
    expect(config([])).toMatchObject({
      supergraph: { file: './supergraph.yaml' },
      port: 4000,
      host: '127.0.0.1',
      accessTokens: undefined,
      internalTokenMasterKey: undefined,
      production: false,
    })
    const { log } = readConfig(['--config', settingsFile('')], {})
    expect([log.isLevelEnabled('info'), log.isLevelEnabled('debug')]).toEqual([true, false])
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

  test.each<[option: string, variable: string, one: string, other: string, read: readonly unknown[]]>([
    ['supergraph', 'SUPERGRAPH', 'a.graphql', 'b.graphql', [{ file: 'a.graphql' }, { file: 'b.graphql' }]],
    ['port', 'PORT', '0', '65535', [0, 65_535]],
    ['host', 'HOST', '::1', '0.0.0.0', ['::1', '0.0.0.0']],
    ['workers', 'WORKERS', '1', '999', [1, 999]],
  ])('takes --%s, or %s', (option, variable, one, other, [first, second]) => {
    const value = (args: readonly string[], env?: Record<string, string>) =>
      Object.entries(config(args, env)).find(([name]) => name === option)?.[1]
    expect(value([`--${option}`, one])).toEqual(first)
    expect(value([], { [variable]: other })).toEqual(second)
    expect(value([`--${option}`, one], { [variable]: other })).toEqual(first)
  })

  test.each(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])(
    'LOG_LEVEL may be %s',
    (level) => {
      expect(config([], { LOG_LEVEL: level }).log.level).toBe(level)
    },
  )

  test.each([
    ['JWKS_URL', 'ACCESS_TOKEN_ISSUER'],
    ['JWKS_URL', 'ACCESS_TOKEN_AUDIENCE'],
    ['ACCESS_TOKEN_ISSUER', 'ACCESS_TOKEN_AUDIENCE'],
    ['JWKS_URL'],
    ['ACCESS_TOKEN_ISSUER'],
    ['ACCESS_TOKEN_AUDIENCE'],
  ])('refuses identity by %s %s alone', (...given) => {
    const missing = ['JWKS_URL', 'ACCESS_TOKEN_ISSUER', 'ACCESS_TOKEN_AUDIENCE'].filter(
      (name) => !given.includes(name),
    )
    const env = Object.fromEntries(given.map((name) => [name, 'http://id.test']))
    expect(() => config([], env)).toThrow(`${missing.join(', ')}: must be set too`)
  })

  test('takes how to run: processes, executor, or an explanation instead', () => {
    expect(config([])).toMatchObject({ workers: null, executor: 'compiled', explain: null, hasCode: false })
    const args = ['--workers', '3', '--executor', 'compiled', '--explain', 'a.graphql']
    expect(config(args)).toMatchObject({
      workers: 3,
      executor: 'compiled',
      explain: 'a.graphql',
    })
    expect(config(['--workers', 'auto']).workers).toBe(availableParallelism())
    expect(config(['--explain', 'a.graphql', '--code']).hasCode).toBe(true)
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
    expect(internalTokenMasterKey).toEqual(new Uint8Array(32).fill(7))
  })

  test('reads ./router.yaml where there is one, without being told', () => {
    settingsFile('http: { path: /shop }')
    const here = process.cwd()
    process.chdir(folder)
    try {
      expect(readConfig([], { LOG_LEVEL: 'silent' }).settings?.http.path).toBe('/shop')
      rmSync(join(folder, 'router.yaml'))
      expect(readConfig([], { LOG_LEVEL: 'silent' }).settings?.http.path).toBe('/graphql')
    } finally {
      process.chdir(here)
    }
  })

  test('refuses a router.yaml that cannot be read as settings, with its name', () => {
    const file = settingsFile('http: [')
    expect(() => readConfig(['--config', file], {})).toThrow(`${file} is not YAML: `)
    settingsFile('http: { path: shop }')
    expect(() => readConfig(['--config', file], {})).toThrow(`${file} cannot be used:\n  http.path: `)
  })

  test.each([
    ['http: { path: graphql }', ' cannot be used:\n  http.path: "graphql" is '],
    ['http: [', ' is not YAML: '],
  ])('refuses settings of the text %j, with the file', (text, problem) => {
    const file = settingsFile(text)
    expect(() => config(['--config', file])).toThrow(file + problem)
    // The file is named once.
    expect(() => config(['--config', file])).not.toThrow(new RegExp(`${file}.*${file}`, 's'))
  })

  test.each([
    ['production', true],
    ['development', false],
    ['test', false],
    // A mode of another tool.
    ['staging', false],
    ['', false],
  ])('NODE_ENV=%s is production: %s', (mode, production) => {
    expect(config([], { NODE_ENV: mode }).production).toBe(production)
  })

  const mistakes: Record<string, [string[], Record<string, string>, RegExp]> = {
    'an option that there is not': [
      ['--prot', '1'],
      {},
      /^Unknown option '--prot'\. There are: --supergraph FILE, --port N/,
    ],
    'an option without its value': [['--port'], {}, /--port/],
    'a word of its own': [['serve'], {}, /Unexpected argument 'serve'/],
    'a port that is none': [['--port', 'http'], {}, /--port: "http" is not a port: 0 to 65535/],
    'a port too high': [['--port', '65536'], { PORT: '1' }, /--port: "65536" is not a port: 0 to 65535/],
    'a port of the environment': [[], { PORT: '65536' }, /PORT: "65536" is not a port: 0 to 65535/],
    'an option twice': [
      ['--port', '1', '--port', '2'],
      {},
      /^Option '--port' is given more than once: "1", "2"\. There are: --supergraph/,
    ],
    'an empty value': [['--host', ''], {}, /^Option '--host' is "": it needs a value/],
    'no process at all': [
      ['--workers', '0'],
      {},
      /--workers: "0" is neither a number of processes nor "auto"/,
    ],
    'a thousand processes': [['--workers', '1000'], {}, /--workers: "1000" is neither/],
    'another executor': [['--executor', 'fast'], {}, /--executor: "fast" is neither compiled nor reference/],
    'code of nothing': [['--code'], {}, /^--code needs --explain FILE/],
    'several faults': [
      [],
      { LOG_LEVEL: 'loud', INTERNAL_TOKEN_MASTER_KEY: 'short', JWKS_URL: 'ftp://x' },
      /INTERNAL_TOKEN_MASTER_KEY: must be 32 bytes[\s\S]*JWKS_URL: must be[\s\S]*LOG_LEVEL: "loud" is none of/,
    ],
    'a master key of 31 bytes': [
      [],
      { INTERNAL_TOKEN_MASTER_KEY: Buffer.alloc(31, 7).toString('base64url') },
      /INTERNAL_TOKEN_MASTER_KEY: must be 32 bytes/,
    ],
    'a master key of 33 bytes': [
      [],
      { INTERNAL_TOKEN_MASTER_KEY: Buffer.alloc(33, 7).toString('base64url') },
      /INTERNAL_TOKEN_MASTER_KEY: must be 32 bytes/,
    ],
    'settings that there are not': [['--config', 'none.yaml'], {}, /^Cannot read none\.yaml: no such file/],
  }
  for (const [mistake, [args, env, message]] of Object.entries(mistakes)) {
    test(`given ${mistake} says so`, () => {
      expect(() => config(args, env)).toThrow(message)
    })
  }
})
