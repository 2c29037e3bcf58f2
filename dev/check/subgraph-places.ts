import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { foldersWith } from '../repository.ts'
import { namesInSupergraph } from '../shop/subgraphs/subgraphs.ts'

const servicesSchema = z.object({ services: z.record(z.string(), z.unknown()).default({}) })

/**
 * The places from which a subgraph is missing: supergraph.yaml, docker-compose.yml, prisma/, and the kit's
 * tables, word for word, in its Prisma schema and first migration.
 */
export function placeFaults(root: string): string[] {
  const names = foldersWith('subgraphs', 'schema.graphql', root)
  const composed = namesInSupergraph(root)
  const services = servicesSchema.parse(readYaml(root, 'docker-compose.yml')).services
  return [
    ...names.filter((name) => !composed.includes(name)).map((name) => `supergraph.yaml: ${name} is missing`),
    ...names.filter((name) => !(name in services)).map((name) => `docker-compose.yml: ${name} is missing`),
    ...composed
      .filter((name) => !names.includes(name))
      .map((name) => `supergraph.yaml: there is no subgraphs/${name}/schema.graphql`),
    ...names.flatMap((name) => kitTableFaults(root, name)),
  ]
}

/**
 * The contents of a YAML file; an empty document if the file does not exist, so that everything is missing
 * from it.
 */
function readYaml(root: string, file: string): unknown {
  const whole = path.join(root, file)
  return existsSync(whole) ? parse(readFileSync(whole, 'utf8')) : {}
}

function kitTableFaults(root: string, name: string): string[] {
  const read = (...parts: string[]) => readFileSync(path.join(root, ...parts), 'utf8')
  const folder = path.join('prisma', name)
  const [first] = firstMigration(path.join(root, folder, 'migrations'))
  if (!existsSync(path.join(root, folder, 'schema.prisma'))) return [`${folder}/schema.prisma: is missing`]
  if (first === undefined) return [`${folder}/migrations: has no migration`]
  const parts = [
    { file: path.join(folder, 'schema.prisma'), kit: 'subgraphs/kit/database/kit.prisma' },
    { file: path.join(folder, 'migrations', first, 'migration.sql'), kit: 'subgraphs/kit/database/kit.sql' },
  ]
  return parts
    .filter(({ file, kit }) => !read(file).includes(read(kit).trim()))
    .map(({ file, kit }) => `${file}: does not contain ${kit} word for word`)
}

function firstMigration(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => existsSync(path.join(folder, name, 'migration.sql')))
    .sort()
}
