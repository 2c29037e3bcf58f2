// Tested in campaign-text.test.ts and message.test.ts.

import type { TextValues } from './message.ts'

/** Values of variables that are not known. */
type Unknown = { readonly customer: string; readonly coupon: string }

const VARIABLE = /\{\{(customerName|couponCode)\}\}/g

/**
 * The text of a campaign as staff wrote it, with the values of the person. Braces in a value are not
 * variables.
 */
export function campaignText({ details, name }: TextValues<'CAMPAIGN'>, unknown: Unknown) {
  const values = {
    customerName: name || unknown.customer,
    couponCode: details.couponCode ?? '',
  } as const
  const fill = (text: string) =>
    // The expression matches only these names.
    text.replaceAll(VARIABLE, (_, variable: string) => values[variable as keyof typeof values])
  const [body = '', ...paragraphs] = fill(details.body).split(/\n{2,}/)
  return {
    title: fill(details.title),
    body,
    paragraphs,
    rows: details.couponCode === null ? [] : [{ label: unknown.coupon, value: details.couponCode }],
    link: [details.actionLabel, details.path] as const,
    isForwarded: true,
  }
}
