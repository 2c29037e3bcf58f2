import { expect, test } from 'vitest'
import { subgraphKey } from '../../router/security/internal-token.ts'
import { carrierSpec, gatewaySpec, routerSpec, subgraphSpec, type Wiring } from './services.ts'

const MASTER_KEY = 'A'.repeat(43)

const wiring: Wiring = {
  secrets: { internalTokenMasterKey: MASTER_KEY, signingKeySecret: `${'B'.repeat(42)}A` },
  databaseUrl: (name) => `postgresql://db/${name}`,
  eventBus: 'nats://bus:1',
  subgraphUrl: (name) => `http://${name}.test:1/graphql`,
  ...{ gatewayPort: 21, carrierPort: 22, routerPort: 23, speed: 4, carrierSpeed: 9 },
  base: { PATH: '/bin' },
}

/** Keys that sealed the data of a shop: later versions open its data folder too. */
const DERIVED = {
  LINK_KEY: 'Mo-vzRs_gpUVc_muPsMYXUqMg37Wx3cy5z7c0Vm0iYQ',
  VAPID_PRIVATE_KEY: 'EJSah6qqKg_AM488w_7rzTM3Yp89hUUpJxcvJ3rEF8c',
}
const GATEWAY = {
  PAYMENT_GATEWAY: 'sandbox',
  SANDBOX_GATEWAY_URL: 'http://127.0.0.1:21',
  SANDBOX_GATEWAY_KEY: 'plfHhrp96TxnrDduBCicyw3I3zC9HGa2xJ5ox-3kRwM',
  SANDBOX_WEBHOOK_SECRET: 'jrOWAcOmGnq-oEaTMts70-5LNscSuIHD82IhYzsOfwA',
  SANDBOX_PUBLIC_URL: 'http://localhost:21',
}
const CARRIER = {
  CARRIER_URL: 'http://127.0.0.1:22',
  CARRIER_API_KEY: '3bFclMbbsOd_hY_TQhIE0TVt6BuaybLsW3H4bQ1DBZM',
  CARRIER_WEBHOOK_SECRET: 'JfBfV95CUwh-gRdN_JcItd4FUipbswjJNMvHDD6OLCM',
  QUOTE_KEY_SECRET: 'L4NAOxPcNlHhRQwXY8-tODwhB8IA_cGvnUNLTBJo6YE',
}
/** No server listens there. */
const NOBODY = 'http://127.0.0.1:9'
const NO_GATEWAY = { ...GATEWAY, SANDBOX_GATEWAY_URL: NOBODY, SANDBOX_PUBLIC_URL: 'http://localhost:9' }

test.each([
  ['payments', { ...GATEWAY, ...CARRIER, CARRIER_URL: NOBODY, SPEED: '4' }],
  ['shipping', { ...NO_GATEWAY, ...CARRIER, SPEED: '9' }],
  ['users', { ...NO_GATEWAY, ...CARRIER, CARRIER_URL: NOBODY, SPEED: '4' }],
])('an instance of %s has the settings of npm start, on the event bus of services', (name, own) => {
  const key = subgraphKey(Buffer.from(MASTER_KEY, 'base64url'), name).toString('base64url')
  expect(subgraphSpec(name, { instance: 2, port: 31 }, wiring)).toEqual({
    name: `${name}-2`,
    service: name,
    args: [`subgraphs/${name}/main.ts`],
    port: 31,
    env: {
      ...{ PATH: '/bin', HOST: '127.0.0.1', PORT: '31', DATABASE_URL: `postgresql://db/argyle_${name}` },
      ...{ INTERNAL_TOKEN_KEY: key, EVENT_BUS: 'nats://bus:1', PUBLIC_URL: 'http://127.0.0.1:23' },
      ...{ ACCESS_TOKEN_ISSUER: 'argyle', ACCESS_TOKEN_AUDIENCE: 'argyle', COOKIE_SECURE: 'false' },
      ...{ SIGNING_KEY_SECRET: wiring.secrets.signingKeySecret, ...DERIVED, ...own },
    },
  })
})

test('the gateway has the secrets of payments, and sends its webhooks there', () => {
  expect(gatewaySpec(wiring)).toEqual({
    ...{ name: 'sandbox-gateway', service: 'sandbox-gateway', port: 21 },
    args: ['subgraphs/payments/sandbox-gateway/main.ts'],
    env: {
      ...{ PATH: '/bin', HOST: '127.0.0.1', PORT: '21', SPEED: '4', ...GATEWAY },
      DATABASE_URL: 'postgresql://db/argyle_sandbox_gateway',
      SANDBOX_WEBHOOK_URL: 'http://payments.test:1/webhooks/sandbox',
    },
  })
})

test('the carrier has the secrets of shipping and its speed, and sends its webhooks there', () => {
  expect(carrierSpec(wiring)).toEqual({
    ...{ name: 'carrier', service: 'carrier', port: 22 },
    args: ['subgraphs/shipping/simulated-carrier/main.ts'],
    env: {
      ...{ PATH: '/bin', HOST: '127.0.0.1', PORT: '22', SPEED: '9', ...CARRIER, CARRIER_URL: NOBODY },
      DATABASE_URL: 'postgresql://db/argyle_carrier',
      WEBHOOK_URL: 'http://shipping.test:1/webhooks/carrier',
    },
  })
})

test('the router has the master key, and takes the access tokens of users', () => {
  const files = { supergraph: 'shop.graphql', settings: 'router.yaml', workers: 3 }
  expect(routerSpec(wiring, files)).toEqual({
    ...{ name: 'router', service: 'router', port: 23 },
    args: ['router/main.mjs', '--config', 'router.yaml'],
    env: {
      ...{ PATH: '/bin', HOST: '127.0.0.1', PORT: '23', WORKERS: '3', SUPERGRAPH: 'shop.graphql' },
      INTERNAL_TOKEN_MASTER_KEY: MASTER_KEY,
      JWKS_URL: 'http://users.test:1/.well-known/jwks.json',
      ...{ ACCESS_TOKEN_ISSUER: 'argyle', ACCESS_TOKEN_AUDIENCE: 'argyle' },
    },
  })
})
