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
  /** Sets the status of all refunds at the provider, those to come included. Absent where a refund succeeds at once. */
  readonly refundsAre?: (status: 'PENDING' | 'SUCCEEDED' | 'FAILED' | 'CANCELED') => void
  /** Makes all refunds of the provider fail that were made so far. */
  failRefunds(): Promise<void>
  close(): Promise<void>
}

const SUCCEEDED = { status: 'SUCCEEDED', failure: null }
const AMOUNT = money(4_200n, 'USD')
const byKey = (a: { readonly key: string }, b: { readonly key: string }) => (a.key < b.key ? -1 : 1)

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

    const aRefund = (ref: string | null, minor: bigint) => {
      return { ...known(ref, money(minor, 'USD')), reason: 'returned', replaces: [] }
    }

    async function captured(): Promise<string> {
      const { ref } = (await order('approve')).snapshot
      await under.gateway.capture(known(ref))
      return ref ?? ''
    }

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
      const part = aRefund(snapshot.ref, 1_200n)
      expect(await under.gateway.refund(part)).toEqual(SUCCEEDED)
      expect(await under.gateway.refund({ ...part, attempt: 2 })).toEqual(SUCCEEDED)
      const tooMuch = await under.gateway.refund(aRefund(snapshot.ref, 3_001n))
      expect(tooMuch).toMatchObject({ status: 'FAILED', failure: { code: expect.any(String) } })
      expect(await under.gateway.refund(aRefund(snapshot.ref, 3_000n))).toEqual(SUCCEEDED)
    })

    test('a refund that replaces one that was made after all is not made again; one that was never made is', async () => {
      const ref = await captured()
      const first = aRefund(ref, 1_200n)
      await under.gateway.refund(first)
      const next = { ...aRefund(ref, 1_200n), replaces: [key(), first.key] }
      expect(await under.gateway.refund(next)).toEqual(SUCCEEDED)
      expect(await under.gateway.refund({ ...aRefund(ref, 3_000n), replaces: [key()] })).toEqual(SUCCEEDED)
      expect(await under.gateway.refund(aRefund(ref, 1n))).toMatchObject({ status: 'FAILED' })
    })

    test('a refund is made whatever characters its reason has, up to 500', async () => {
      const ref = await captured()
      for (const reason of [`${'a'.repeat(499)}🧦`, `${'a'.repeat(254)}🧦`, '🧦'.repeat(500)])
        expect(await under.gateway.refund({ ...aRefund(ref, 100n), reason })).toEqual(SUCCEEDED)
    })

    test('a refund that is pending is read again: it succeeds or fails later', async () => {
      const { refundsAre } = under
      if (!refundsAre) return
      refundsAre('PENDING')
      const ref = await captured()
      const request = aRefund(ref, 1_200n)
      expect(await under.gateway.refund(request)).toEqual({ status: 'PENDING', failure: null })
      expect(await under.gateway.refund({ ...request, attempt: 2 })).toMatchObject({ status: 'PENDING' })
      refundsAre('FAILED')
      const failed = { status: 'FAILED', failure: { code: expect.any(String), retryable: false } }
      expect(await under.gateway.refund({ ...request, attempt: 3 })).toMatchObject(failed)
      expect(await under.gateway.refund(aRefund(ref, 1_200n))).toMatchObject(failed)
      refundsAre('SUCCEEDED')
      expect(await under.gateway.refund({ ...request, attempt: 4 })).toEqual(SUCCEEDED)
    })

    test.each(['FAILED', 'CANCELED'] as const)(
      'a refund that is pending, and %s later, is told by a lookup then, not before',
      async (status) => {
        const { refundsAre } = under
        if (!refundsAre) return
        refundsAre('PENDING')
        const ref = await captured()
        const request = aRefund(ref, 1_200n)
        await under.gateway.refund(request)
        expect((await under.gateway.fetch(ref)).failedRefunds).toEqual([])
        refundsAre(status)
        expect((await under.gateway.fetch(ref)).failedRefunds).toMatchObject([{ key: request.key }])
        refundsAre('SUCCEEDED')
      },
    )

    test('a refund that failed is made again under another key', async () => {
      const { refundsAre } = under
      if (!refundsAre) return
      refundsAre('FAILED')
      const ref = await captured()
      const first = aRefund(ref, 1_200n)
      expect(await under.gateway.refund(first)).toMatchObject({ status: 'FAILED' })
      refundsAre('PENDING')
      const next = { ...aRefund(ref, 1_200n), replaces: [key()] }
      expect(await under.gateway.refund(next)).toMatchObject({ status: 'PENDING' })
      refundsAre('SUCCEEDED')
    })

    test('a lookup finds a refund that failed after it was made, and the amount can be refunded again', async () => {
      const ref = await captured()
      const [first, second] = [aRefund(ref, 1_200n), aRefund(ref, 3_000n)]
      for (const one of [first, second]) expect(await under.gateway.refund(one)).toEqual(SUCCEEDED)
      expect((await under.gateway.fetch(ref)).failedRefunds).toEqual([])
      await under.failRefunds()
      const failure = { code: expect.any(String), message: expect.any(String), retryable: false }
      const failed = [first, second].map(({ key }) => ({ key, failure }))
      const found = (await under.gateway.fetch(ref)).failedRefunds
      expect(found.toSorted(byKey)).toEqual(failed.toSorted(byKey))
      expect(await under.gateway.refund({ ...first, attempt: 2 })).toEqual({ status: 'FAILED', failure })
      const again = { ...aRefund(ref, 4_200n), replaces: [first.key] }
      expect(await under.gateway.refund(again)).toEqual(SUCCEEDED)
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
        refusal: { code: expect.any(String), retryable: false },
      })
    })

    test('a webhook without a signature is not taken', async () => {
      const unsigned = { body: Buffer.from('{}'), headers: {} }
      await expect(under.gateway.readWebhook(unsigned, async () => 'pay_1')).rejects.toThrow(BadWebhook)
    })
  })
}
