// Tested in ../gateway/sandbox-gateway.int.test.ts: the test calls the sandbox over HTTP.

import { newId } from '@argyle/kit/ids'
import type { ClientBase, Pool } from 'pg'
import { z } from 'zod'
import { ApiError } from './api-error.ts'
import { passesLuhn, TEST_CARDS, TEST_WALLETS, WALLET_PROVIDER } from './test-cards.ts'

const card = z.object({
  number: z.string().transform((text) => text.replaceAll(/[ -]/g, '')),
  expMonth: z.int().min(1).max(12),
  expYear: z.int().min(2000).max(2100),
  cvc: z.string().regex(/^\d{3,4}$/),
})

const tokenRequest = z.union([
  z.object({ card }),
  z.object({ wallet: z.object({ account: z.string().max(200) }) }),
])

type Shown =
  | {
      readonly kind: 'CARD'
      readonly brand: string
      readonly last4: string
      readonly expMonth: number
      readonly expYear: number
    }
  | { readonly kind: 'WALLET'; readonly provider: string; readonly account: string }

function cardOf({ number, expMonth, expYear }: z.output<typeof card>, now: Date) {
  if (!/^\d{12,19}$/.test(number) || !passesLuhn(number))
    throw new ApiError(422, 'invalid_number', 'The card number is not valid.')
  const known = TEST_CARDS.find((test) => test.number === number)
  if (!known)
    throw new ApiError(
      422,
      'no_test_card',
      'The sandbox accepts only its test cards, such as 4242 4242 4242 4242. Never enter a real card number here.',
    )
  if (new Date(Date.UTC(expYear, expMonth)) <= now)
    throw new ApiError(422, 'invalid_expiry', 'The card has expired.')
  const { brand, behaviour } = known
  const shown: Shown = { kind: 'CARD', brand, last4: number.slice(-4), expMonth, expYear }
  return { shown, behaviour }
}

function walletOf(account: string) {
  const known = TEST_WALLETS.find((test) => test.account === account)
  if (!known) {
    const allowed = TEST_WALLETS.map((test) => test.account).join(', ')
    throw new ApiError(422, 'no_test_wallet', `The wallets of the sandbox are ${allowed}.`)
  }
  const shown: Shown = { kind: 'WALLET', provider: WALLET_PROVIDER, account }
  return { shown, behaviour: known.behaviour }
}

/**
 * Creates a one-time token for card data from a browser. The number is not stored; the token stores the
 * behaviour of the test card.
 */
export async function createToken(pool: Pool, body: unknown) {
  const request = tokenRequest.safeParse(body)
  if (!request.success)
    throw new ApiError(
      422,
      'invalid_request',
      'Send {"card": {"number", "expMonth", "expYear", "cvc"}} or {"wallet": {"account"}}.',
    )
  const { data } = request
  const { shown, behaviour } = 'card' in data ? cardOf(data.card, new Date()) : walletOf(data.wallet.account)
  const token = newId('tok')
  const isCard = shown.kind === 'CARD'
  await pool.query(
    `INSERT INTO source (id, token, kind, brand, last4, exp_month, exp_year, provider, account, behaviour)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      newId('src'),
      token,
      shown.kind,
      isCard ? shown.brand : null,
      isCard ? shown.last4 : null,
      isCard ? shown.expMonth : null,
      isCard ? shown.expYear : null,
      isCard ? null : shown.provider,
      isCard ? null : shown.account,
      behaviour,
    ],
  )
  return { token, ...shown }
}

const EXCHANGE = `
UPDATE source SET exchanged = true WHERE token = $1 AND NOT exchanged
RETURNING id, kind, brand, last4, exp_month AS "expMonth", exp_year AS "expYear", provider, account`

/** Converts a one-time token to a source that can be charged repeatedly. */
export async function exchangeToken(client: ClientBase, body: unknown) {
  const request = z.object({ token: z.string().max(200) }).safeParse(body)
  const { rows } = request.success
    ? await client.query<Record<string, unknown>>(EXCHANGE, [request.data.token])
    : { rows: [] }
  if (!rows[0]) throw new ApiError(422, 'token_unknown', 'The token is unknown or already used.')
  return rows[0]
}

export async function removeSource(pool: Pool, id: string): Promise<void> {
  await pool.query('UPDATE source SET removed = true WHERE id = $1', [id])
}

/** The source of a payment, and its behaviour. */
export type Source = { readonly behaviour: string; readonly isUsable: boolean }

/** The source that a request's body names; null if it names none or one that does not exist. */
export async function sourceOf(pool: Pool, body: unknown): Promise<Source | null> {
  // The body may be any JSON value. Only a string is a source.
  const source: unknown = (body as { source?: unknown } | null)?.source
  if (typeof source !== 'string') return null
  const { rows } = await pool.query<Source>(
    'SELECT behaviour, exchanged AND NOT removed AS "isUsable" FROM source WHERE id = $1',
    [source],
  )
  return rows[0] ?? null
}
