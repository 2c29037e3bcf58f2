import { describe, expect, test } from 'vitest'
import { sandboxSettings } from './sandbox-gateway/config.ts'
import { paymentSettings } from './settings.ts'

const secret = 'sixteen letters!'
const GATEWAYS = {
  sandbox: {
    SANDBOX_GATEWAY_URL: 'http://127.0.0.1:4060',
    SANDBOX_GATEWAY_KEY: secret,
    SANDBOX_WEBHOOK_SECRET: secret,
  },
  stripe: { STRIPE_SECRET_KEY: secret, STRIPE_PUBLISHABLE_KEY: 'pk_test_1', STRIPE_WEBHOOK_SECRET: secret },
  paypal: { PAYPAL_CLIENT_ID: secret, PAYPAL_CLIENT_SECRET: secret, PAYPAL_WEBHOOK_ID: 'WH-1' },
} as const
const DEFAULTS = {
  sandbox: {},
  stripe: { STRIPE_API_URL: 'https://api.stripe.com' },
  paypal: { PAYPAL_API_URL: 'https://api-m.paypal.com' },
} as const
const ALWAYS = { SPEED: 1, REFUND_CHECK_HOURS: 24, REFUND_CHECK_DAYS: 30 }
const SECRETS = /_(KEY|SECRET|CLIENT_ID)$/

describe.each(['sandbox', 'stripe', 'paypal'] as const)('the gateway %s', (gateway) => {
  const least = { PAYMENT_GATEWAY: gateway, ...GATEWAYS[gateway] }
  const refusal = (name: string, value: string | undefined) =>
    paymentSettings.safeParse({ ...least, [name]: value }).error?.issues.map(({ path }) => path)

  test('has its defaults', () => {
    expect(paymentSettings.parse(least)).toEqual({ ...least, ...DEFAULTS[gateway], ...ALWAYS })
  })

  test.each(Object.keys(GATEWAYS[gateway]))('needs %s', (name) => {
    for (const value of [undefined, '']) expect(refusal(name, value)).toEqual([[name]])
    if (SECRETS.test(name) && name !== 'STRIPE_PUBLISHABLE_KEY')
      expect(refusal(name, 'fifteen letters')).toEqual([[name]])
  })

  test.each([
    ['SPEED', ['0', '3601', '1.5', ''], 'a whole number from 1 to 3600'],
    ['REFUND_CHECK_HOURS', ['0', '721', '1.5', ''], 'a whole number from 1 to 720'],
    ['REFUND_CHECK_DAYS', ['0', '366', '1.5', ''], 'a whole number from 1 to 365'],
    [
      'PAYMENT_RETURN_URL',
      ['shop.example', 'ftp://shop.example'],
      'a URL that starts with http:// or https://',
    ],
  ])('has another %s than %j: %s', (name, values, allowed) => {
    for (const value of values) {
      expect(refusal(name, value)).toEqual([[name]])
      const { error } = paymentSettings.safeParse({ ...least, [name]: value })
      expect(error?.issues.map(({ message }) => message)).toContain(allowed)
    }
  })
})

test('the sandbox is the gateway unless another is set, and one that is not known is refused', () => {
  expect(paymentSettings.parse(GATEWAYS.sandbox)).toMatchObject({ PAYMENT_GATEWAY: 'sandbox' })
  const most = { SPEED: '3600', REFUND_CHECK_HOURS: '720', REFUND_CHECK_DAYS: '365' }
  const read = { SPEED: 3_600, REFUND_CHECK_HOURS: 720, REFUND_CHECK_DAYS: 365 }
  expect(paymentSettings.parse({ ...GATEWAYS.sandbox, ...most })).toMatchObject(read)
  const { error } = paymentSettings.safeParse({ ...GATEWAYS.sandbox, PAYMENT_GATEWAY: 'bank' })
  expect(error?.issues[0]?.path).toEqual(['PAYMENT_GATEWAY'])
})

describe('the sandbox gateway as a process of its own', () => {
  const least = {
    PORT: '4050',
    DATABASE_URL: 'postgresql://127.0.0.1/sandbox_gateway',
    SANDBOX_GATEWAY_KEY: secret,
    SANDBOX_WEBHOOK_SECRET: secret,
    SANDBOX_WEBHOOK_URL: 'http://127.0.0.1:4005/webhooks/sandbox',
  }

  test('listens on this machine only, in its own time, unless it is set', () => {
    expect(sandboxSettings.parse(least)).toEqual({ ...least, PORT: 4_050, HOST: '127.0.0.1', SPEED: 1 })
    const set = { ...least, HOST: '0.0.0.0', SANDBOX_PUBLIC_URL: 'https://bank.example' }
    expect(sandboxSettings.parse({ ...set, SPEED: '3600' })).toEqual({ ...set, PORT: 4_050, SPEED: 3_600 })
  })

  test.each<[string, string | undefined]>([
    ...Object.keys(least).map((name): [string, undefined] => [name, undefined]),
    ['SANDBOX_GATEWAY_KEY', 'fifteen letters'],
    ['SANDBOX_WEBHOOK_SECRET', 'fifteen letters'],
    ['SANDBOX_WEBHOOK_URL', '/webhooks/sandbox'],
    ['SANDBOX_PUBLIC_URL', 'bank'],
    ['PORT', '65536'],
    ['SPEED', '0'],
    ['SPEED', '3601'],
  ])('is refused by its setting %s if that is %j', (name, value) => {
    const { error } = sandboxSettings.safeParse({ ...least, [name]: value })
    expect(error?.issues.map(({ path }) => path)).toEqual([[name]])
  })
})
