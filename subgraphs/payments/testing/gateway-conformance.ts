import { newId } from '@argyle/kit/ids'
import { money } from '@argyle/kit/money'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { BadWebhook, type Gateway, type GatewayMethod, GatewayUnavailable } from '../gateway/gateway.ts'

/** A gateway with a provider that the test controls. */
export type GatewayUnderTest = {
  readonly gateway: Gateway
  /** A one-time token whose method is approved, declined, or requires authentication. */
  token(nature: 'approve' | 'decline' | 'step'): Promise<string>
  /** Completes the authentication as the customer. */
  approve(ref: string): Promise<void>
  /** Number of authorizations that the provider created for an order. */
  authorizationsOf(orderId: string): Promise<number>
  /** Makes the next call take effect and then fail. */
  failNext(): void
  close(): Promise<void>
}

const AMOUNT = money(4_200n, 'USD')

/** The behaviour that all gateways have in common. */
export function gatewayConformance(name: string, open: () => Promise<GatewayUnderTest>): void {
  describe(`the gateway ${name}`, () => {
    let under: GatewayUnderTest
    beforeAll(async () => {
      under = await open()
    })
    afterAll(() => under?.close())

    const key = () => newId('gwc')

    async function method(nature: Parameters<GatewayUnderTest['token']>[0]): Promise<GatewayMethod> {
      const attached = await under.gateway.attach({ key: key(), token: await under.token(nature) })
      if (!attached.ok) throw new Error(JSON.stringify(attached.errors))
      return attached.value
    }

    async function order(nature: Parameters<GatewayUnderTest['token']>[0], attempt = 1, orderKey = key()) {
      const { ref: methodRef } = await method(nature)
      const request = {
        key: orderKey,
        attempt,
        methodRef,
        amount: AMOUNT,
        orderId: newId('ord'),
        orderNumber: 'A-1',
      }
      return { request, snapshot: await under.gateway.authorize(request) }
    }

    const known = (ref: string | null, amount = AMOUNT) => ({
      key: key(),
      attempt: 1,
      ref: ref ?? '',
      amount,
    })

    test('a method shows no more than brand and last digits, or an account', async () => {
      const { kind, ...shown } = await method('approve')
      expect(['CARD', 'WALLET']).toContain(kind)
      // Consecutive digits inside an id are not a card number.
      expect(JSON.stringify(shown)).not.toMatch(/(?<!\w)\d{13,19}(?!\w)/)
    })

    test('a token that is none is refused', async () => {
      const attached = await under.gateway.attach({ key: key(), token: 'tok_of_nobody' })
      expect(attached).toMatchObject({ ok: false, errors: [{ code: expect.any(String) }] })
    })

    test('what is authorized is captured, refunded in parts, and never more than was captured', async () => {
      const { snapshot } = await order('approve')
      expect(snapshot).toMatchObject({ status: 'AUTHORIZED', capturedMinor: 0n, failure: null })
      const captured = await under.gateway.capture(known(snapshot.ref))
      expect(captured).toMatchObject({
        snapshot: { status: 'CAPTURED', capturedMinor: 4_200n },
        refusal: null,
      })
      const part = { ...known(snapshot.ref, money(1_200n, 'USD')), reason: 'returned' }
      expect(await under.gateway.refund(part)).toBeNull()
      expect(await under.gateway.refund(part)).toBeNull()
      const rest = { ...known(snapshot.ref, money(3_001n, 'USD')), reason: 'returned' }
      expect(await under.gateway.refund(rest)).toMatchObject({ code: expect.any(String) })
    })

    test('the same key authorizes once', async () => {
      const { request, snapshot } = await order('approve')
      const again = await under.gateway.authorize({ ...request, attempt: 2 })
      expect(again.ref).toBe(snapshot.ref)
      expect(await under.authorizationsOf(request.orderId)).toBe(1)
    })

    test('an answer that is lost is not known, and the same key finds what was done', async () => {
      const { ref: methodRef } = await method('approve')
      const request = { key: key(), methodRef, amount: AMOUNT, orderId: newId('ord'), orderNumber: null }
      under.failNext()
      await expect(under.gateway.authorize({ ...request, attempt: 1 })).rejects.toThrow(GatewayUnavailable)
      expect(await under.gateway.authorize({ ...request, attempt: 2 })).toMatchObject({
        status: 'AUTHORIZED',
      })
      expect(await under.authorizationsOf(request.orderId)).toBe(1)
    })

    test('a decline says why', async () => {
      const { snapshot } = await order('decline')
      expect(snapshot).toMatchObject({
        status: 'DECLINED',
        failure: { code: expect.any(String), message: expect.any(String), retryable: expect.any(Boolean) },
      })
    })

    test('a second step has a place to go to, and then goes on', async () => {
      const { snapshot } = await order('step')
      expect(snapshot).toMatchObject({
        status: 'REQUIRES_ACTION',
        actionUrl: expect.stringMatching(/^https?:/),
      })
      await under.approve(snapshot.ref ?? '')
      expect(await under.gateway.fetch(snapshot.ref ?? '')).toMatchObject({ status: 'AUTHORIZED' })
    })

    test.each(['approve', 'step'] as const)(
      'a void of %s lets go; a capture after it is refused',
      async (nature) => {
        const { snapshot } = await order(nature)
        const voided = await under.gateway.void(known(snapshot.ref))
        expect(voided).toMatchObject({ snapshot: { status: 'VOIDED' }, refusal: null })
        const captured = await under.gateway.capture(known(snapshot.ref))
        expect(captured.refusal).toMatchObject({ code: expect.any(String) })
        expect(captured.snapshot.capturedMinor).toBe(0n)
      },
    )

    test('a void of what was captured is refused', async () => {
      const { snapshot } = await order('approve')
      await under.gateway.capture(known(snapshot.ref))
      expect(await under.gateway.void(known(snapshot.ref))).toMatchObject({
        snapshot: { status: 'CAPTURED' },
        refusal: { code: expect.any(String) },
      })
    })

    test('a webhook without a signature is not taken', async () => {
      await expect(under.gateway.readWebhook({ body: Buffer.from('{}'), headers: {} })).rejects.toThrow(
        BadWebhook,
      )
    })
  })
}
