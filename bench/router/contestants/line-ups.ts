import { argyle } from './argyle.ts'
import type { Contestant } from './contestant.ts'
import { hiveJavaScript, hiveRust, mercurius, stock } from './peers.ts'

/** @param product the checkout that holds the router. */
export const argyleShared = (product: string): Contestant =>
  argyle(product, 'argyle', 'its defaults: shares identical calls in flight', {
    executor: 'compiled',
    sharing: true,
  })
/** @param product the checkout that holds the router. */
export const argyleAlone = (product: string): Contestant =>
  argyle(
    product,
    'argyle, no sharing',
    'without sharing: of answers that are the same bytes as the last, nothing is read',
    {
      executor: 'compiled',
      sharing: false,
    },
  )
/** @param product the checkout that holds the router. */
export const argyleReading = (product: string): Contestant =>
  argyle(product, 'argyle, no sharing, no recordings', 'the same, and every answer is read', {
    executor: 'compiled',
    sharing: false,
    recordings: false,
  })
/** @param product the checkout that holds the router. */
export const argyleReference = (product: string): Contestant =>
  argyle(product, 'argyle, reference', 'executeQueryPlan of @apollo/gateway under Apollo Server', {
    executor: 'reference',
    sharing: false,
  })

/** All contestants of scenario one. Ratios are against the first. */
export function wholeField(product: string): Contestant[] {
  return [
    ...[stock, hiveJavaScript, hiveRust, mercurius],
    ...[argyleReference, argyleReading, argyleAlone, argyleShared].map((ours) => ours(product)),
  ]
}

/** The contestants for scenarios in which the others add nothing. */
export function smallField(product: string): Contestant[] {
  return [stock, hiveRust, ...[argyleReading, argyleAlone, argyleShared].map((ours) => ours(product))]
}

/** @param parts of names; an empty list selects all. */
export function chosen(contestants: readonly Contestant[], parts: readonly string[]): Contestant[] {
  return contestants.filter(({ name }) => parts.length === 0 || parts.some((part) => name.includes(part)))
}
