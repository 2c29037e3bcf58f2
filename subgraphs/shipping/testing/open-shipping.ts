import { randomBytes } from 'node:crypto'
import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { type OperationResult, staff, type TestOptions, testSubgraph } from '@argyle/kit/testing/subgraph'
import { type Resources, shipping } from '../subgraph.ts'

const key = () => randomBytes(32).toString('base64url')

/** Settings with random secrets. No carrier listens at the URL unless the test starts one. */
export function settingsOf(but: Readonly<Record<string, string>> = {}) {
  return {
    CARRIER_URL: 'http://127.0.0.1:9',
    CARRIER_API_KEY: key(),
    CARRIER_WEBHOOK_SECRET: key(),
    QUOTE_KEY_SECRET: key(),
    ...but,
  }
}

export const keeper = staff('shipping:read', 'shipping:write', 'orders:read')

const ZONE = 'zone { id name version areas { countryCode postalCodePrefix } }'
const METHOD = 'method { id carrier service speed active version }'
const RATE = 'rate { id upToGrams price { amount currencyCode } estimatedDays active version }'
const RETURN = `return { id status version reason rejection order { id } customer { id }
  lines { orderLine { id guestProof } variant { id } quantity receivedQuantity restock } }`

const PAYLOADS = {
  createShippingZone: ZONE,
  updateShippingZone: ZONE,
  createShippingMethod: METHOD,
  updateShippingMethod: METHOD,
  createShippingRate: RATE,
  updateShippingRate: RATE,
  requestReturn: RETURN,
  requestGuestReturn: RETURN,
  cancelReturn: RETURN,
  cancelGuestReturn: RETURN,
  approveReturn: RETURN,
  rejectReturn: RETURN,
  receiveReturn: RETURN,
} as const

export type MutationName = keyof typeof PAYLOADS

const CONFLICT = '... on VersionConflictError { currentVersion }'
const STATUS = `${CONFLICT} ... on ReturnStatusError { status }`
const MORE_OF_ERRORS: { readonly [name in MutationName]?: string } = {
  updateShippingZone: CONFLICT,
  updateShippingMethod: CONFLICT,
  updateShippingRate: CONFLICT,
  requestReturn: '... on NotReturnableError { returnableQuantity }',
  requestGuestReturn: '... on NotReturnableError { returnableQuantity }',
  cancelReturn: STATUS,
  cancelGuestReturn: STATUS,
  approveReturn: STATUS,
  rejectReturn: STATUS,
  receiveReturn: STATUS,
}

function operation(name: MutationName): string {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
  return `mutation ($input: ${type}!) { ${name}(input: $input) { ${PAYLOADS[name]} userErrors {
    ... on UserError { __typename message path }
    ${MORE_OF_ERRORS[name] ?? ''} } } }`
}

type Options = Pick<TestOptions, 'clock' | 'database'> & {
  readonly settings?: Readonly<Record<string, string>>
}

/** Opens the subgraph on a database of its own, with helpers for tests. */
export async function openShipping({ settings = {}, ...options }: Options = {}) {
  const ownSettings = settingsOf(settings)
  const subgraph = await testSubgraph(shipping, { ...options, settings: ownSettings })
  // testSubgraph opened the resources of this definition.
  const resources = subgraph.resources as Resources

  function mutate(name: MutationName, input: object, viewer: Viewer = keeper): Promise<OperationResult> {
    return subgraph.execute(operation(name), { input }, viewer)
  }

  return {
    ...subgraph,
    settings: ownSettings,
    resources,
    mutate,

    /** Runs a mutation that must succeed. Resolves to its payload. */
    async accepted(name: MutationName, input: object, viewer: Viewer = keeper) {
      const { data, errors } = await mutate(name, input, viewer)
      const payload = data?.[name]
      if (errors.length > 0 || payload.userErrors.length > 0)
        throw new Error(JSON.stringify({ errors, payload }))
      return payload
    },

    /** Runs a mutation that must be refused. Resolves to its user errors. */
    async refused(name: MutationName, input: object, viewer: Viewer = keeper) {
      const { data, errors } = await mutate(name, input, viewer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data[name].userErrors
    },

    /** Creates a zone with these areas, a method and a rate. */
    async aRate(but: { areas?: object[]; methodId?: string; zoneId?: string; rate?: object } = {}) {
      const areas = but.areas ?? [{ countryCode: 'FR' }]
      const zoneId = but.zoneId ?? (await this.accepted('createShippingZone', aZone({ areas }))).zone.id
      const methodId = but.methodId ?? (await this.accepted('createShippingMethod', aMethod())).method.id
      const input = {
        ...newIdempotencyKey(),
        zoneId,
        methodId,
        upToGrams: 1_000,
        price: EUR('4.90'),
        estimatedDays: 3,
      }
      const { rate } = await this.accepted('createShippingRate', { ...input, ...but.rate })
      return { zoneId, methodId, rateId: rate.id as string }
    },

    /** Runs `Cart.shippingOptions` as the router does. */
    async options(cart: object, to: { countryCode: string; postalCode: string }, viewer: Viewer = anonymous) {
      const query = `query ($cart: [_Any!]!, $countryCode: String!, $postalCode: String!) {
        _entities(representations: $cart) { ... on Cart { id
          shippingOptions(countryCode: $countryCode, postalCode: $postalCode) {
            id carrier service speed price { amount currencyCode } estimatedDays expiresAt } } } }`
      const variables = { cart: [{ __typename: 'Cart', ...cart }], ...to }
      const { data, errors } = await subgraph.execute(query, variables, viewer)
      return { options: data?._entities?.[0]?.shippingOptions, errors }
    },

    /** Runs one parameterised statement. */
    sql: <Row>(statement: string, ...values: unknown[]) =>
      resources.prisma.$queryRawUnsafe<Row[]>(statement, ...values),
  }
}

export type OpenShipping = Awaited<ReturnType<typeof openShipping>>

/** A new idempotency key. */
export const newIdempotencyKey = () => ({ idempotencyKey: newId('evt') })
export const EUR = (amount: string) => ({ amount, currencyCode: 'EUR' })

let made = 0
export function aZone(but: object = {}) {
  return { ...newIdempotencyKey(), name: `Zone ${++made}`, areas: [{ countryCode: 'FR' }], ...but }
}
export function aMethod(but: object = {}) {
  return {
    ...newIdempotencyKey(),
    carrier: 'Parcelway',
    service: `Service ${++made}`,
    speed: 'STANDARD',
    ...but,
  }
}

/** A reference to a cart as the router sends it. */
export function aCart(but: object = {}) {
  return {
    id: newId('crt'),
    currencyCode: 'EUR',
    lines: [{ quantity: 2, variant: { weightGrams: 60 } }],
    ...but,
  }
}

/** The data of `shipping.create`, with parcels of one line each. */
export function aCreate(but: { parcels?: number; [field: string]: unknown } = {}) {
  const { parcels = 1, ...fields } = but
  return {
    orderId: newId('ord'),
    orderNumber: 'A-7K2M-9QX3',
    customerId: newId('usr'),
    email: 'ada@example.com',
    address: {
      recipient: 'Ada Lovelace',
      line1: '1 Loom Lane',
      line2: 'Second floor',
      city: 'Paris',
      region: 'Île-de-France',
      postalCode: '75001',
      countryCode: 'FR',
    },
    rateId: newId('rat'),
    carrier: 'Parcelway',
    service: 'Standard',
    parcels: Array.from({ length: parcels }, (_, index) => ({
      warehouseId: newId('whs'),
      warehouseCode: `WH-${index + 1}`,
      lines: [{ orderLineId: newId('oln'), variantId: newId('var'), quantity: 3, weightGrams: 60 }],
    })),
    ...fields,
  }
}
