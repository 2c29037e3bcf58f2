// Tested in ../payment-life.int.test.ts: the test pays with each card.

/** The behaviour of the gateway for a test card or test wallet. */
export const BEHAVIOURS = {
  approve: 'is approved',
  insufficient_funds: 'is declined: insufficient funds, retryable',
  card_declined: 'is declined without a reason',
  expired_card: 'is declined: it has expired',
  lost_card: 'is declined: it was reported lost',
  fraudulent: 'is declined: it looks like fraud',
  second_step: 'requires authentication, on a page with Approve and Deny',
  slow: 'is approved after 3 seconds',
  late_answer: 'is charged; the response takes 15 seconds, longer than the timeout',
  fail_once: 'fails with 500 and no charge the first time; is approved the second time',
  drop_connection: 'is charged; the connection is cut before the response',
  webhook_twice: 'is approved; each webhook is sent twice',
  webhook_late: 'is approved; each webhook is 20 seconds late',
  webhook_reordered: 'is approved; the webhook of the authorization follows that of the capture',
  webhook_none: 'requires authentication; no webhook is sent',
  capture_refused: 'is approved, but its capture is refused',
  dispute: 'is approved, and disputed once captured',
  refund_fails: 'is approved; a refund is made, and fails 10 seconds later',
} as const

export type Behaviour = keyof typeof BEHAVIOURS

export const DECLINES = [
  'insufficient_funds',
  'card_declined',
  'expired_card',
  'lost_card',
  'fraudulent',
] as const satisfies readonly Behaviour[]

export type Decline = (typeof DECLINES)[number]

/** Numbers of the test cards. They pass the Luhn check and belong to nobody. */
export const TEST_CARDS: readonly {
  readonly number: string
  readonly brand: string
  readonly behaviour: Behaviour
}[] = [
  { number: '4242424242424242', brand: 'Visa', behaviour: 'approve' },
  { number: '5555555555554444', brand: 'Mastercard', behaviour: 'approve' },
  { number: '4000000000009995', brand: 'Visa', behaviour: 'insufficient_funds' },
  { number: '4000000000000002', brand: 'Visa', behaviour: 'card_declined' },
  { number: '4000000000000069', brand: 'Visa', behaviour: 'expired_card' },
  { number: '4000000000009987', brand: 'Visa', behaviour: 'lost_card' },
  { number: '4100000000000019', brand: 'Visa', behaviour: 'fraudulent' },
  { number: '4000000000003220', brand: 'Visa', behaviour: 'second_step' },
  { number: '4000000000000010', brand: 'Visa', behaviour: 'slow' },
  { number: '4000000000000028', brand: 'Visa', behaviour: 'late_answer' },
  { number: '4000000000000036', brand: 'Visa', behaviour: 'fail_once' },
  { number: '4000000000000044', brand: 'Visa', behaviour: 'drop_connection' },
  { number: '4000000000000051', brand: 'Visa', behaviour: 'webhook_twice' },
  { number: '4000000000000077', brand: 'Visa', behaviour: 'webhook_late' },
  { number: '4000000000000085', brand: 'Visa', behaviour: 'webhook_reordered' },
  { number: '4000000000000093', brand: 'Visa', behaviour: 'webhook_none' },
  { number: '4000000000000341', brand: 'Visa', behaviour: 'capture_refused' },
  { number: '4000000000000259', brand: 'Visa', behaviour: 'dispute' },
  { number: '4000000000005126', brand: 'Visa', behaviour: 'refund_fails' },
]

/** The wallet provider of the sandbox with its accounts. */
export const WALLET_PROVIDER = 'Sandbox Pay'
export const TEST_WALLETS: readonly { readonly account: string; readonly behaviour: Behaviour }[] = [
  { account: 'approve@wallet.example', behaviour: 'approve' },
  { account: 'decline@wallet.example', behaviour: 'insufficient_funds' },
  { account: 'step@wallet.example', behaviour: 'second_step' },
]

const REASONS: Readonly<Record<Decline, { readonly message: string; readonly retryable: boolean }>> = {
  insufficient_funds: { message: 'The account has insufficient funds.', retryable: true },
  card_declined: { message: 'The payment was declined.', retryable: false },
  expired_card: { message: 'The card has expired.', retryable: false },
  lost_card: { message: 'The card was reported lost.', retryable: false },
  fraudulent: { message: 'The payment was declined.', retryable: false },
}

/** The decline of a behaviour; null if it does not decline. */
export function declineOf(behaviour: string) {
  const code = DECLINES.find((decline) => decline === behaviour)
  return code ? { code, ...REASONS[code] } : null
}

/** Tests whether the digits pass the Luhn check (ISO/IEC 7812-1, annex B). */
export function passesLuhn(number: string): boolean {
  let sum = 0
  for (const [place, digit] of [...number].reverse().entries()) {
    const value = Number(digit) * (place % 2 === 1 ? 2 : 1)
    sum += value > 9 ? value - 9 : value
  }
  return sum % 10 === 0
}
