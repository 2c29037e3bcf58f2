import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { composeSubgraphs } from '../../router/supergraph/compose.ts'
import { readSupergraphYaml } from '../../router/supergraph/supergraph-yaml.ts'
import { root } from '../repository.ts'

/** File that docker-compose.yml mounts into the router's container. */
const SUPERGRAPH = path.join('deploy', 'supergraph.graphql')

/** The URL of a subgraph, given its name and its URL in supergraph.yaml. */
type UrlOf = (name: string, url: string) => string

/** In containers, each subgraph's host is its name. */
function containerUrl(name: string, url: string): string {
  const moved = new URL(url)
  moved.hostname = name
  return moved.href
}

/**
 * Composes supergraph.yaml, by default for containers.
 * @throws Error with every composition problem
 */
export function serviceSupergraph(repository = root, urlOf: UrlOf = containerUrl): string {
  const subgraphs = readSupergraphYaml(path.join(repository, 'supergraph.yaml')).subgraphs.map((subgraph) => {
    return { ...subgraph, url: urlOf(subgraph.name, subgraph.url) }
  })
  const composition = composeSubgraphs(subgraphs)
  if (!composition.ok) throw new Error(composition.problems.map(({ message }) => message).join('\n'))
  return composition.sdl
}

/**
 * Writes the supergraph for containers below `repository`, atomically, so that a watching router never reads
 * half a file.
 * @returns the file, relative to the repository
 */
export function writeServiceSupergraph(repository = root): string {
  const file = path.join(repository, SUPERGRAPH)
  mkdirSync(path.dirname(file), { recursive: true })
  const draft = `${file}.${process.pid}`
  writeFileSync(draft, serviceSupergraph(repository))
  renameSync(draft, file)
  return SUPERGRAPH
}

/** `npm run docker:supergraph`: running routers reload the file. */
if (import.meta.main) {
  try {
    console.log(`wrote ${writeServiceSupergraph()}: running routers load it within a second`)
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  }
}
