import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readCompose } from '../docker/compose-file.ts'
import { newSecrets } from '../docker/environment.ts'
import { root } from '../repository.ts'
import { SUBGRAPH_NAMES } from '../shop/subgraphs/subgraphs.ts'
import { placesOf } from './places.ts'

const NAMES = { subgraph: 'favourites', entity: 'Favourite', plural: 'favourites', prefix: 'fav' }
const MANIFEST = { name: '@argyle/favourites', version: '0.1.0', dependencies: { zod: '1.2.3' } }
const made = [{ file: 'subgraphs/favourites/package.json', text: JSON.stringify(MANIFEST) }]
const texts = new Map(placesOf(NAMES, root, made).map(({ file, text }) => [file, text]))
const textOf = (file: string) => texts.get(file) ?? ''

test('its service differs from that of reviews by name, port and secrets only', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'argyle-places-'))
  try {
    writeFileSync(path.join(folder, 'docker-compose.yml'), textOf('docker-compose.yml'))
    const services = readCompose(newSecrets([...SUBGRAPH_NAMES, 'favourites']), folder)
    const { favourites, reviews } = services
    const port = favourites?.environment.PORT ?? ''
    const others = Object.entries(services).flatMap(([name, { environment }]) =>
      name === 'favourites' ? [] : environment.PORT,
    )
    expect(port).toMatch(/^4\d\d\d$/)
    expect(others).not.toContain(port)
    const secret = /:[0-9a-f]{48}@|[\w-]{43}/g
    const plain = (service: object | undefined) => JSON.stringify(service).replaceAll(secret, 'SECRET')
    expect(JSON.parse(plain(favourites))).toEqual(
      JSON.parse(
        plain(reviews)
          .replaceAll('reviews', 'favourites')
          .replaceAll(`"${reviews?.environment.PORT}"`, `"${port}"`),
      ),
    )
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the job that makes databases gets its password, and the router waits for it', () => {
  const text = textOf('docker-compose.yml')
  expect(text).toContain(
    // Compose replaces it.
    // biome-ignore lint/suspicious/noTemplateCurlyInString: see above
    '\n      FAVOURITES_DATABASE_PASSWORD: ${FAVOURITES_DATABASE_PASSWORD:?run npm run docker:env}\n',
  )
  expect(text).toContain('\n      favourites: { condition: service_healthy }\n')
})

test('the router reaches it at the port of its service', () => {
  const [, port] =
    /expose: \['(\d+)'\]\n {4}environment:\n.*\n {6}PORT: '\1'\n.*argyle_favourites/.exec(
      textOf('docker-compose.yml'),
    ) ?? []
  expect(textOf('supergraph.yaml')).toContain(`  favourites:
    routing_url: http://localhost:${port}/graphql
    schema: { file: ./subgraphs/favourites/schema.graphql }
`)
})

test('the lockfile has its workspace as npm writes it, in the order of names', () => {
  const { packages } = JSON.parse(textOf('package-lock.json'))
  expect(packages['subgraphs/favourites']).toEqual(MANIFEST)
  expect(packages['node_modules/@argyle/favourites']).toEqual({
    resolved: 'subgraphs/favourites',
    link: true,
  })
  const names = Object.keys(packages)
  expect(names).toEqual(names.toSorted((a, b) => a.localeCompare(b, 'en')))
})

test('the checks know who owns its entity, and the pages of the docs name it', () => {
  expect(textOf('dev/check/graph/nullability.ts')).toContain("  Favourite: 'favourites',\n")
  expect(textOf('docs/README.md')).toContain(', [favourites](../subgraphs/favourites/README.md)')
  const catalogue = textOf('docs/contracts/events.md')
  expect(catalogue).toContain('## What favourites publishes\n')
  expect(catalogue).toContain('| `favourites.favourite.changed` | favourite | full state with every version')
  expect(catalogue).toMatch(/\n\| `products\.product\.changed` .*, favourites \|\n/)
})
