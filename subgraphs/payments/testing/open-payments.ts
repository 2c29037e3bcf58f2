import { anonymous, type Viewer } from '@argyle/kit/identity'
import { newId } from '@argyle/kit/ids'
import { type OperationResult, type TestOptions, testSubgraph } from '@argyle/kit/testing/subgraph'
import type { Resources } from '../open.ts'
import { payments } from '../subgraph.ts'
import { openSandbox } from './sandbox.ts'

const METHOD = `__typename id label isDefault
  ... on CardPaymentMethod { brand last4 expMonth expYear } ... on WalletPaymentMethod { provider }`
const PAYMENT = `id status authorized { amount currencyCode } captured { amount currencyCode }
  refunded { amount currencyCode } failure { code message retryable } nextAction { type redirectUrl expiresAt }
  refunds { id amount { amount currencyCode } status reason }`
const ERRORS = '... on UserError { __typename message path }'

/** The selection of each mutation. */
const VALUES = {
  addPaymentMethod: `paymentMethod { ${METHOD} } userErrors { ${ERRORS} ... on PaymentTokenError { code } }`,
  setDefaultPaymentMethod: `paymentMethod { ${METHOD} } userErrors { ${ERRORS} }`,
  removePaymentMethod: `removedPaymentMethodId userErrors { ${ERRORS} }`,
  refundPayment: `payment { ${PAYMENT} } userErrors { ${ERRORS}
    ... on RefundExceedsCapturedError { refundable { amount currencyCode } } }`,
}

export type MutationName = keyof typeof VALUES

type Options = Pick<TestOptions, 'clock' | 'database' | 'log'> & {
  readonly settings?: Readonly<Record<string, string>>
}

/** Opens the subgraph and the sandbox gateway, each on a database of its own, with helpers for tests. */
export async function openPayments({ settings = {}, ...options }: Options = {}) {
  const sandbox = await openSandbox()
  const subgraph = await testSubgraph(payments, {
    ...options,
    settings: { ...sandbox.settings, ...settings },
  })
  // The resources that the definition opened.
  const resources = subgraph.resources as unknown as Resources

  const mutate = (name: MutationName, input: object, viewer: Viewer): Promise<OperationResult> => {
    const type = `${name[0]?.toUpperCase()}${name.slice(1)}Input`
    const query = `mutation ($input: ${type}!) { ${name}(input: $input) { ${VALUES[name]} } }`
    return subgraph.execute(query, { input }, viewer)
  }

  /** Delivers a command of orders and makes all resulting calls to the gateway. */
  const command = async (type: string, data: { orderId: string } & Record<string, unknown>) => {
    await subgraph.deliver(`payments.${type}`, data, { subject: data.orderId })
    await resources.work.idle()
  }

  return {
    ...subgraph,
    resources,
    sandbox,
    mutate,
    command,

    /** Runs a mutation that must succeed. Resolves to its payload. */
    async accepted(name: MutationName, input: object, viewer: Viewer) {
      const { data, errors } = await mutate(name, input, viewer)
      const payload = data?.[name]
      if (errors.length > 0 || payload.userErrors.length > 0)
        throw new Error(JSON.stringify({ errors, payload }))
      return payload
    },

    /** Adds a method for a test card or wallet. @returns its id */
    async aMethod(viewer: Viewer, cardOrAccount = '4242424242424242'): Promise<string> {
      const input = { idempotencyKey: newId('key'), token: await sandbox.token(cardOrAccount) }
      return (await this.accepted('addPaymentMethod', input, viewer)).paymentMethod.id
    },

    /** Authorizes an order with a new method. */
    async authorized(viewer: Viewer, card?: string, amountMinor = '4200') {
      const paymentMethodId = await this.aMethod(viewer, card)
      const orderId = newId('ord')
      const data = {
        orderId,
        orderNumber: 'A-1',
        customerId: viewer.kind === 'user' ? viewer.id : null,
        paymentMethodId,
        amount: { amountMinor, currencyCode: 'USD' },
      }
      await command('authorize', data)
      return { orderId, data }
    },

    /**
     * Makes the refunds of an order fail after they had succeeded, and delivers the gateway's webhook about
     * it.
     */
    async failRefunds(orderId: string): Promise<void> {
      await sandbox.failRefunds(orderId)
      await resources.payments.lookUpSoon({ ref: null, orderId })
      await resources.work.idle()
    },

    /** The types of the messages about an order, oldest first, without their prefix. */
    async publishedAbout(orderId: string) {
      const rows = (await subgraph.outbox()).filter(({ subject }) => subject === orderId)
      return rows.map(({ type, data, sequence }) => ({
        type: type.replace('payments.', ''),
        sequence,
        // The data of every published message is an object.
        data: data as Record<string, unknown>,
      }))
    },

    /** The row of an order's payment. */
    row: (orderId: string) => resources.prisma.payment.findUniqueOrThrow({ where: { orderId } }),

    /** A payment as the viewer reads it through its order. */
    async payment(orderId: string, viewer: Viewer = anonymous) {
      const query = `query ($of: [_Any!]!) { _entities(representations: $of) { ... on Order { payment { ${PAYMENT} } } } }`
      const of = [{ __typename: 'Order', id: orderId }]
      const { data, errors } = await subgraph.execute(query, { of }, viewer)
      if (errors.length > 0) throw new Error(JSON.stringify(errors))
      return data._entities[0]?.payment
    },

    /** Runs one parameterised statement. */
    sql: <Row>(statement: string, ...values: unknown[]) =>
      resources.prisma.$queryRawUnsafe<Row[]>(statement, ...values),

    async close() {
      await subgraph.close()
      await sandbox.close()
    },
  }
}

export type OpenPayments = Awaited<ReturnType<typeof openPayments>>
