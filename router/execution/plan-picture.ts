/** One request of a plan. */
export type PicturedRequest = {
  readonly subgraph: string
  /** Paths of the objects whose fields it fetches, as `products.@`; empty for the root. */
  readonly paths: readonly string[]
  /** Positions in the list of the requests that must be answered before it. */
  readonly after: readonly number[]
}

/** Paths of a fetch that the picture shows. */
const MAX_PATHS = 3

/**
 * A Mermaid flowchart of the requests of a plan: an arrow leads from each request to those that wait for it.
 * https://mermaid.js.org/syntax/flowchart.html
 */
export function planPicture(requests: readonly PicturedRequest[]): string {
  const nodes = requests.map((request, index) => `  r${index + 1}["${labelOf(request, index + 1)}"]`)
  const waits = requests.flatMap(({ after }, index) =>
    after.map((before) => `  r${before + 1} --> r${index + 1}`),
  )
  return ['flowchart LR', ...nodes, ...waits].join('\n')
}

function labelOf({ subgraph, paths }: PicturedRequest, number: number): string {
  const shown = paths.slice(0, MAX_PATHS)
  const more = paths.length > MAX_PATHS ? [`and ${paths.length - MAX_PATHS} more`] : []
  return [`${number} ${subgraph}`, ...shown, ...more].map(escaped).join('<br>')
}

/** A label is text in quotation marks, in which Mermaid reads Markdown, HTML and its own entity codes. */
function escaped(text: string): string {
  return text.replaceAll(/[^\w .@-]/g, (character) => `#${character.codePointAt(0)};`)
}
