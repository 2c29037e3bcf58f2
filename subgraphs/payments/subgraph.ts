import type { AuditLog } from '@argyle/kit/audit'
import { eraseDue } from '@argyle/kit/deleted-users'
import type { Viewer } from '@argyle/kit/identity'
import { defineSubgraph } from '@argyle/kit/subgraph'
import type { Throttle } from '@argyle/kit/throttle'
import type { Gateway } from './gateway/gateway.ts'
import { listens } from './listens.ts'
import { type PaymentLoaders, paymentLoaders } from './loaders.ts'
import { eraseMethods } from './method/erase-methods.ts'
import type { MethodStore } from './method/method-store.ts'
import { openResources, type Resources } from './open.ts'
import { RUN_OUT_AT } from './payment/payment-rows.ts'
import type { refundByStaff } from './payment/staff-refund.ts'
import { resolvers } from './resolvers.ts'
import { paymentSettings } from './settings.ts'
import { webhookRoute } from './webhook/webhook-route.ts'

export type { Resources }

export type Context = {
  readonly viewer: Viewer
  /** The client's network address as seen by the router; null if unknown. */
  readonly clientAddress: string | null
  readonly gateway: Gateway
  readonly methods: MethodStore
  readonly refund: ReturnType<typeof refundByStaff>
  readonly audit: AuditLog
  readonly throttle: Throttle
  readonly load: PaymentLoaders
}

const HOUR_MS = 3_600_000

export const payments = defineSubgraph({
  name: 'payments',
  schema: new URL('schema.graphql', import.meta.url),
  resolvers,
  config: paymentSettings,
  open: openResources,
  context: ({ gateway, methods, refund, audit, throttle, reads }, { viewer, clientAddress }): Context => ({
    viewer,
    clientAddress,
    gateway,
    methods,
    refund,
    audit,
    throttle,
    load: paymentLoaders(reads, gateway.name),
  }),
  listens,
  timers: [
    {
      name: 'call-gateway',
      everyMs: 1_000,
      due: 'SELECT min(due_at) FROM gateway_call WHERE done_at IS NULL',
      run: async ({ work }) => work.nudge(),
    },
    {
      name: 'end-run-out-payments',
      everyMs: 1_000,
      due: RUN_OUT_AT,
      run: ({ payments: store }, stop) => store.endRunOut(stop),
    },
    { name: 'check-refunds', everyMs: 60_000, run: ({ checkRefunds }) => checkRefunds() },
    { name: 'remove-guests-methods', everyMs: 60_000, run: ({ methods }) => methods.removeGuests() },
    { name: 'detach-removed-methods', everyMs: 60_000, run: ({ methods }) => methods.detachRemoved() },
    {
      name: 'erase-deleted-users',
      everyMs: 60_000,
      run: ({ prisma, clock }) => eraseDue(prisma, clock, eraseMethods),
    },
    { name: 'forget-throttles', everyMs: HOUR_MS, run: ({ throttle }) => throttle.forget() },
  ],
  routes: webhookRoute,
})
