import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { z } from 'zod'
import { root } from '../repository.ts'

const service = z.object({
  build: z.object({ args: z.object({ SERVICE: z.string() }) }).optional(),
  image: z.string().optional(),
  command: z.array(z.string()).optional(),
  restart: z.string().optional(),
  mem_limit: z.string().optional(),
  ports: z.array(z.string()).default([]),
  expose: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
})

const format = z.object({ services: z.record(z.string(), service) })

export type ComposeService = z.output<typeof service>

/**
 * Reads docker-compose.yml of a repository as compose does: anchors merged, `${NAME:?…}` and `${NAME:-…}` replaced.
 * @throws Error that names the variables that are unset and have no default
 */
export function readCompose(
  environment: Readonly<Record<string, string>>,
  base = root,
): Record<string, ComposeService> {
  const text = readFileSync(path.join(base, 'docker-compose.yml'), 'utf8')
  const missing = new Set<string>()
  const filled = text.replaceAll(
    /\$\{(\w+)(?::([-?])([^}]*))?\}/g,
    (_, name: string, kind: string, rest: string) => {
      const value = environment[name] ?? (kind === '-' ? rest : undefined)
      if (value === undefined) missing.add(name)
      return value ?? ''
    },
  )
  if (missing.size > 0) throw new Error(`not set: ${[...missing].join(', ')}`)
  return format.parse(parse(filled, { merge: true })).services
}
