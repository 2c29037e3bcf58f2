// Tested in campaign-text.test.ts and message.test.ts.

import type { Said } from './message.ts'

/** Names of people where they are not known. */
type Unknown = { readonly customer: string; readonly coupon: string }

const VARIABLE = /\{\{(customerName|couponCode)\}\}/g

/** The text of a campaign, as staff wrote it, with the values of the person. A value is inserted as it is: braces in it are no variables. */
export function campaignText({ details, name }: Said<'CAMPAIGN'>, unknown: Unknown) {
  const values = {
    customerName: name || unknown.customer,
    couponCode: details.couponCode ?? '',
  } as const
  const fill = (text: string) =>
    // The expression matches these names alone.
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
