import { SUBGRAPH_NAMES } from '../../dev/shop/subgraphs/subgraphs.ts'

/** The contents of the text that `npm start` prints when the shop is ready. */
export type Banner = {
  /** The router's endpoint. */
  readonly url: URL
  readonly subgraphs: ReadonlyMap<string, URL>
  /** The product-page query to paste. */
  readonly query: string
}

const addressIn = (output: string, label: string) =>
  new RegExp(`^ +${label} +(http://localhost:\\d+\\S+)`, 'm').exec(output)?.[1]

/** Parses the output of `npm run stack` so far; null while the text is incomplete. */
export function readStackBanner(output: string): Pick<Banner, 'url'> | null {
  const url = addressIn(output, 'GraphQL endpoint')
  return url && output.includes('ctrl-c stops everything') ? { url: new URL(url) } : null
}

/** Parses the output of the shop so far; null while the text is incomplete. */
export function readBanner(output: string): Banner | null {
  if (!output.includes('ctrl-c stops everything')) return null
  const [, query] = /(\{\n {2}product[\s\S]*?\n\})/.exec(output) ?? []
  const address = (label: string) => addressIn(output, label)
  const url = address('GraphQL endpoint')
  const subgraphs = SUBGRAPH_NAMES.map((name) => [name, address(name)] as const)
  if (!query || !url || subgraphs.some(([, found]) => !found)) return null
  const urls = new Map(subgraphs.map(([name, found]) => [name, new URL(found ?? '')]))
  return { url: new URL(url), subgraphs: urls, query }
}
