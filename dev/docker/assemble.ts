import { cpSync, mkdirSync } from 'node:fs'
import path from 'node:path'
import { generate } from '../generate.ts'
import { root } from '../repository.ts'

/** The files of a service's image, relative to the repository: its code, the kit, its migrations. */
function partsOf(service: string): string[] {
  return service === 'router'
    ? ['router', 'router.yaml']
    : ['subgraphs/kit', `subgraphs/${service}`, `prisma/${service}/migrations`]
}

/** Tests and their support files are left out. */
const isForTests = (file: string) => /\.test\.ts$|\/testing($|\/)|\/node_modules($|\/)/.test(file)

/**
 * Copies the files that a service needs at runtime into a folder, including generated code. Packages are not
 * included, nor is the supergraph, which is mounted so that it can change while the router runs.
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
}

if (import.meta.main) {
  const [service, out] = process.argv.slice(2)
  if (!service || !out) throw new Error('usage: node dev/docker/assemble.ts SERVICE FOLDER')
  await assemble(service, out)
}
