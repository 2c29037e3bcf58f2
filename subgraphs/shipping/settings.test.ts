import { expect, test } from 'vitest'
import { shippingSettings } from './settings.ts'
import { carrierSettings } from './simulated-carrier/settings.ts'

const key = Buffer.alloc(32, 1).toString('base64url')
const least = {
  CARRIER_URL: 'http://127.0.0.1:4058',
  CARRIER_API_KEY: key,
  CARRIER_WEBHOOK_SECRET: key,
  QUOTE_KEY_SECRET: key,
}

test('parcels move at their own speed, and come back within 60 days, unless it is set', () => {
  expect(shippingSettings.parse(least)).toMatchObject({ SPEED: 1, RETURN_DAYS: 60 })
  const set = { ...least, SPEED: '3600', RETURN_DAYS: '3650' }
  expect(shippingSettings.parse(set)).toMatchObject({ SPEED: 3_600, RETURN_DAYS: 3_650 })
})

test.each(Object.keys(least))('%s is needed', (name) => {
  const { error } = shippingSettings.safeParse({ ...least, [name]: undefined })
  expect(error?.issues.map(({ path }) => path)).toEqual([[name]])
})

test.each([
  ['CARRIER_URL', 'nats://127.0.0.1', 'a URL that starts with http:// or https://'],
  ['CARRIER_API_KEY', 'short', '32 bytes in base64url'],
  ['CARRIER_WEBHOOK_SECRET', 'short', '32 bytes in base64url'],
  ['QUOTE_KEY_SECRET', 'short', '32 bytes in base64url'],
  ['SPEED', '0', 'a whole number from 1 to 3600'],
  ['SPEED', '3601', 'a whole number from 1 to 3600'],
  ['RETURN_DAYS', '0', 'a whole number from 1 to 3650'],
  ['RETURN_DAYS', '3651', 'a whole number from 1 to 3650'],
])('%s is not %j', (name, value, message) => {
  const { error } = shippingSettings.safeParse({ ...least, [name]: value })
  expect(error?.issues).toMatchObject([{ path: [name], message }])
})

const carrier = {
  DATABASE_URL: 'postgresql://127.0.0.1/carrier',
  CARRIER_API_KEY: key,
  CARRIER_WEBHOOK_SECRET: key,
  WEBHOOK_URL: 'http://127.0.0.1:4007/webhooks/carrier',
  PORT: '4058',
}

test('the simulated carrier moves parcels at their own speed unless it is set', () => {
  expect(carrierSettings.parse(carrier)).toMatchObject({ SPEED: 1, WEBHOOK_URL: carrier.WEBHOOK_URL })
  expect(carrierSettings.parse({ ...carrier, SPEED: '3600' }).SPEED).toBe(3_600)
})

test.each([
  ['CARRIER_API_KEY', 'short'],
  ['CARRIER_WEBHOOK_SECRET', undefined],
  ['WEBHOOK_URL', 'nats://127.0.0.1'],
  ['WEBHOOK_URL', undefined],
  ['SPEED', '0'],
  ['SPEED', '3601'],
])('%s of the simulated carrier is not %j', (name, value) => {
  const { error } = carrierSettings.safeParse({ ...carrier, [name]: value })
  expect(error?.issues.map(({ path }) => path)).toEqual([[name]])
})
