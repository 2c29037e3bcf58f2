import { execFile } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Graph } from './graph.ts'

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3",
  import: ["@key", "@external", "@requires"])`

/**
 * Composes a graph by the router's own command.
 * @param urls of the subgraphs, by name.
 * @param folder for the supergraph and its sources.
 * @param product the checkout whose command is used.
 * @returns the file of the supergraph SDL.
 */
export async function writeSupergraph(
  graph: Graph,
  urls: ReadonlyMap<string, string>,
  folder: string,
  product: string,
): Promise<string> {
  await mkdir(folder, { recursive: true })
  const entries = graph.subgraphs.map(({ name, sdl }) => [
    name,
    { routing_url: urls.get(name), schema: { sdl: `${LINK}\n${sdl}` } },
  ])
  const source = join(folder, 'supergraph.yaml')
  const output = join(folder, 'supergraph.graphql')
  // JSON is also YAML.
  await writeFile(source, JSON.stringify({ federation_version: 2, subgraphs: Object.fromEntries(entries) }))
  await promisify(execFile)(process.execPath, [
    join(product, 'router/compose.ts'),
    '--supergraph',
    source,
    '--output',
    output,
  ])
  return output
}
