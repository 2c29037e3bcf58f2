import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { AnySubgraph } from '@argyle/kit/subgraph'
import { root } from '../../repository.ts'

/** The version last imported, by the URL of a folder. Absent: the code that the shop started with. */
const versions = new Map<string, number>()

/**
 * Imports a subgraph's definition again, with the current code. Earlier modules stay in memory, some hundred
 * KB each time: use it in development only.
 * @param renewsGenerated whether to import generated code again, which is large
 * @throws errors of the imported code, such as a SyntaxError
 */
export async function importAnew(name: string, renewsGenerated: boolean): Promise<AnySubgraph> {
  if (versions.size === 0) registerHooks({ resolve: withVersion })
  const folder = `${SUBGRAPHS_URL}${name}/`
  renew(folder)
  if (renewsGenerated) renew(`${folder}${GENERATED}`)
  const module: Record<string, unknown> = await import(versioned(`${folder}subgraph.ts`))
  // Each subgraph.ts exports its definition under the subgraph's name: see `importSubgraph`.
  return module[name] as AnySubgraph
}

const SUBGRAPHS_URL = `${pathToFileURL(path.join(root, 'subgraphs')).href}/`
const GENERATED = 'generated/'

function renew(folder: string): void {
  versions.set(folder, (versions.get(folder) ?? 0) + 1)
}

type ResolveHook = NonNullable<Parameters<typeof registerHooks>[0]['resolve']>

/** Node caches one module per URL, so another version of a file needs another query. */
const withVersion: ResolveHook = (specifier, context, next) => {
  const resolved = next(specifier, context)
  return { ...resolved, url: versioned(resolved.url) }
}

/** A module of a subgraph: the URL of the subgraph's folder, and the path in it. */
const MODULE = new RegExp(`^(${RegExp.escape(SUBGRAPHS_URL)}[^/]+/)([^?]+)$`)

function versioned(url: string): string {
  const [, folder = '', inside = ''] = MODULE.exec(url) ?? []
  const version = versions.get(inside.startsWith(GENERATED) ? `${folder}${GENERATED}` : folder)
  return version === undefined ? url : `${url}?version=${version}`
}
