import { createHmac, timingSafeEqual } from 'node:crypto'
import { isId } from '@argyle/kit/ids'

/** Lifetime of an invoice link. Each read of the order returns a new one. */
export const LINK_MINUTES = 15

function signatureOf(key: Buffer, invoiceId: string, until: number): string {
  return createHmac('sha256', key).update(`${invoiceId} ${until}`).digest('base64url')
}

/** The path of an invoice. It grants access for 15 minutes to everybody who has it. */
export function invoicePath(key: Buffer, invoiceId: string, now: Date): string {
  const until = Math.floor(now.getTime() / 1_000) + LINK_MINUTES * 60
  return `/invoices/${invoiceId}.pdf?until=${until}&signature=${signatureOf(key, invoiceId, until)}`
}

/** The invoice id of a link; null if its signature is wrong or it has expired. */
export function linkedInvoice(
  key: Buffer,
  { file, until, signature }: { file: string; until: string; signature: string },
  now: Date,
): string | null {
  const invoiceId = file.replace(/\.pdf$/, '')
  if (!file.endsWith('.pdf') || !isId('inv', invoiceId) || !/^\d{1,12}$/.test(until)) return null
  const [given, right] = [Buffer.from(signature), Buffer.from(signatureOf(key, invoiceId, Number(until)))]
  const isOurs = given.length === right.length && timingSafeEqual(given, right)
  return isOurs && now.getTime() < Number(until) * 1_000 ? invoiceId : null
}
