import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Contestant, Setting } from './contestant.ts'

/** The folder of one peer's packages. */
export function peerFolder(peer: string): string {
  return new URL(`../peers/${peer}`, import.meta.url).pathname
}

export const stock: Contestant = {
  name: 'stock @apollo/gateway',
  note: 'under Apollo Server, usage reports and CSRF prevention off',
  peer: 'stock',
  program: ({ supergraph, port }) => ({
    args: [join(peerFolder('stock'), 'main.mjs'), supergraph, String(port)],
  }),
}

export const hiveJavaScript = hive('Hive Gateway, JavaScript', [])
export const hiveRust = hive('Hive Gateway, Rust planner', ['--hive-router-runtime'])

function hive(name: string, options: readonly string[]): Contestant {
  return {
    name,
    note: 'its defaults: shares identical calls in flight; one process',
    peer: 'hive',
    program: ({ supergraph, port }) => ({
      args: [
        join(peerFolder('hive'), 'node_modules/.bin/hive-gateway'),
        ...[
          'supergraph',
          supergraph,
          '--port',
          String(port),
          '--host',
          '127.0.0.1',
          '--fork',
          '1',
          ...options,
        ],
      ],
      folder: peerFolder('hive'),
      environment: { LOG_LEVEL: 'error' },
    }),
  }
}

export const mercurius: Contestant = {
  name: 'mercurius gateway',
  note: 'jit on; plans by Federation 1 from the schemas of the subgraphs',
  peer: 'mercurius',
  program: (setting) => ({
    args: [join(peerFolder('mercurius'), 'main.mjs'), serviceList(setting), String(setting.port)],
  }),
}

function serviceList({ folder, subgraphs }: Setting): string {
  const file = join(folder, 'services.json')
  writeFileSync(file, JSON.stringify(subgraphs.map(({ name, url, sdl }) => ({ name, url, schema: sdl }))))
  return file
}
