import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { composeSubgraphs } from '../../router/supergraph/compose.ts'
import { readSupergraphYaml } from '../../router/supergraph/supergraph-yaml.ts'
import { generate } from '../generate.ts'
import { root } from '../repository.ts'

/** What an image holds of a service, relative to the repository: its code, the kit, its migrations. */
function partsOf(service: string): string[] {
  return service === 'router'
    ? ['router', 'router.yaml']
    : ['subgraphs/kit', `subgraphs/${service}`, `prisma/${service}/migrations`]
}

/** Tests and what only they use stay behind. */
const isForTests = (file: string) => /\.test\.ts$|\/testing($|\/)|\/node_modules($|\/)/.test(file)

/**
 * Lays the files that a service runs on into a folder, generated code and supergraph included; not its packages.
 * @param service a subgraph's name, or `router`
 */
export async function assemble(service: string, out: string): Promise<void> {
  if (service !== 'router') await generate({ names: [service] })
  mkdirSync(out, { recursive: true })
  for (const part of ['package.json', ...partsOf(service)])
    cpSync(path.join(root, part), path.join(out, part), {
      recursive: true,
      filter: (file) => !isForTests(file),
    })
  if (service === 'router') writeFileSync(path.join(out, 'supergraph.graphql'), serviceSupergraph())
}

/** The supergraph of supergraph.yaml, where each subgraph is reached under its name instead of on this machine. */
function serviceSupergraph(): string {
  const subgraphs = readSupergraphYaml(path.join(root, 'supergraph.yaml')).subgraphs.map((subgraph) => {
    const url = new URL(subgraph.url)
    url.hostname = subgraph.name
    return { ...subgraph, url: url.href }
  })
  const composition = composeSubgraphs(subgraphs)
  if (!composition.ok) throw new Error(composition.problems.map(({ message }) => message).join('\n'))
  return composition.sdl
}

if (import.meta.main) {
  const [service, out] = process.argv.slice(2)
  if (!service || !out) throw new Error('usage: node dev/docker/assemble.ts SERVICE FOLDER')
  await assemble(service, out)
}
