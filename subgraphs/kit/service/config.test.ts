import { expect, test } from 'vitest'
import { z } from 'zod'
import { readSettings, readSettingsOfBoth, serviceSettings } from './config.ts'

const KEY = Buffer.alloc(32, 1)
const REQUIRED = {
  PORT: '4001',
  DATABASE_URL: 'postgresql://shop@db/orders',
  INTERNAL_TOKEN_KEY: KEY.toString('base64url'),
}
const allowed = (name: string, value: string) =>
  serviceSettings.safeParse({ ...REQUIRED, [name]: value }).success

test('the settings of a service have their defaults', () => {
  expect(readSettings(serviceSettings, REQUIRED)).toEqual({
    ...REQUIRED,
    PORT: 4001,
    HOST: '127.0.0.1',
    INTERNAL_TOKEN_KEY: new Uint8Array(KEY),
    EVENT_BUS: 'none',
    DRAIN_SECONDS: 0,
    OPERATION_SECONDS: 10,
    STATEMENT_SECONDS: 15,
    ANSWER_MEGABYTES: 16,
    ANSWER_FIELDS: 250_000,
    OPERATIONS_AT_ONCE: 64,
    OPERATIONS_WAITING: 256,
    GATHER_MS: 200,
    LOG_LEVEL: 'info',
    NODE_ENV: 'development',
  })
})

test.each([
  ['PORT', 0, 65_535],
  ['DRAIN_SECONDS', 0, 300],
  ['OPERATION_SECONDS', 1, 300],
  ['STATEMENT_SECONDS', 1, 600],
  ['ANSWER_MEGABYTES', 1, 256],
  ['ANSWER_FIELDS', 1_000, 10_000_000],
  ['OPERATIONS_AT_ONCE', 1, 10_000],
  ['OPERATIONS_WAITING', 0, 100_000],
  ['GATHER_MS', 0, 5_000],
])('%s is a whole number from %i to %i', (name, least, most) => {
  const values = [least - 1, least, most, most + 1].map(String)
  expect([...values, '', '1.5', ' 1', '0000000001'].map((value) => allowed(name, value))).toEqual([
    ...[false, true, true, false],
    ...[false, false, false, false],
  ])
})

test.each([
  ['DATABASE_URL', ['postgres://db/orders'], ['mysql://db/orders', 'db', '']],
  [
    'INTERNAL_TOKEN_KEY',
    [Buffer.alloc(32).toString('base64url')],
    [...[31, 33].map((length) => Buffer.alloc(length).toString('base64url')), ''],
  ],
  ['EVENT_BUS', ['nats://nats:4222'], ['nats:', 'nats://nats:port', 'http://nats:4222', '']],
  ['LOG_LEVEL', ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], ['INFO', '']],
  ['NODE_ENV', ['development', 'production', 'test'], ['prod', '']],
])('%s has a form', (name, right, wrong) => {
  expect([...right, ...wrong].filter((value) => allowed(name, value))).toEqual(right)
})

test('problems of both schemas are reported, each once, and no value of a key, secret, password, token or URL', () => {
  const names = ['API_KEY', 'GUEST_SECRET', 'SMTP_PASSWORD', 'PUSH_TOKEN', 'GATEWAY_URL', 'SHOP_NAME']
  const schema = z.object(Object.fromEntries(names.map((name) => [name, z.string().max(3)])))
  const settings = Object.fromEntries(names.map((name) => [name, 'hunter2']))
  const read = () => readSettingsOfBoth(schema, z.object({ SHOP_NAME: z.string().max(3) }), settings)
  const [, ...lines] = String(catching(read)).split('\n  ')
  expect(lines.map((line) => line.split(':')[0])).toEqual([
    ...names.slice(0, -1).map((name) => `${name} is not valid`),
    'SHOP_NAME is "hunter2"',
  ])
})

test('settings are read if both schemas take them', () => {
  const [one, two] = [z.object({ ONE: z.string() }), z.object({ TWO: z.string() })]
  expect(readSettingsOfBoth(one, two, { ONE: '1', TWO: '2' })).toEqual([{ ONE: '1' }, { TWO: '2' }])
  expect(() => readSettingsOfBoth(one, two, { TWO: '2' })).toThrow('ONE is not set')
  expect(() => readSettingsOfBoth(one, two, { ONE: '1' })).toThrow('TWO is not set')
})

function catching(work: () => unknown): unknown {
  try {
    return work()
  } catch (error) {
    return error
  }
}
