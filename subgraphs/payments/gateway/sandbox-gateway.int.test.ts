import { gatewayConformance } from '../testing/gateway-conformance.ts'
import { openSandbox } from '../testing/sandbox.ts'
import { sandboxGateway } from './sandbox-gateway.ts'

const CARDS = { approve: '4242424242424242', decline: '4000000000009995', step: '4000000000003220' } as const

gatewayConformance('sandbox', async () => {
  const sandbox = await openSandbox()
  const url = sandbox.url
  const gateway = sandboxGateway({
    url,
    publicUrl: url,
    key: sandbox.key,
    webhookSecret: sandbox.secret,
    returnUrl: null,
  })
  // The next authorization uses the card whose connection breaks, so that this test loses an answer.
  let isAnswerLost = false
  return {
    gateway: {
      ...gateway,
      async authorize(request) {
        const snapshot = await gateway.authorize(request)
        if (!isAnswerLost) return snapshot
        isAnswerLost = false
        throw new (await import('./gateway.ts')).GatewayUnavailable('the answer was lost')
      },
    },
    token: (nature) => sandbox.token(CARDS[nature]),
    async approve(ref) {
      const [row] = await sandbox.sql<{ action: string }>(
        'SELECT action_id AS action FROM payment WHERE id = $1',
        ref,
      )
      const body = new URLSearchParams({ decision: 'approve' })
      await fetch(`${url}/action/${row?.action}`, { method: 'POST', body })
    },
    authorizationsOf: async (orderId) =>
      (await sandbox.ledger()).filter(({ reference, kind }) => reference === orderId && kind === 'AUTHORIZE')
        .length,
    failNext() {
      isAnswerLost = true
    },
    failRefunds: () => sandbox.failRefunds(),
    close: sandbox.close,
  }
})
