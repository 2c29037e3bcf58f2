import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../../repository.ts'
import { ShopFailure } from '../start/failure.ts'
import { secretsOf } from '../subgraphs/secrets.ts'
import { routerCommand } from './router-command.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-router-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const SHOP = ['--supergraph', path.join(root, 'supergraph.yaml')]

test('beside a shop, the router has the keys of its data folder', () => {
  const { internalTokenMasterKey } = secretsOf(folder)
  const { args, env, notice } = routerCommand(
    [...SHOP, '--data', folder, '--port', '4100'],
    { PATH: '/bin' },
    root,
  )
  expect(args).toEqual([...SHOP, '--port', '4100'])
  expect(env).toEqual({
    PATH: '/bin',
    INTERNAL_TOKEN_MASTER_KEY: internalTokenMasterKey,
    JWKS_URL: 'http://localhost:4001/.well-known/jwks.json',
    ACCESS_TOKEN_ISSUER: 'argyle',
    ACCESS_TOKEN_AUDIENCE: 'argyle',
  })
  expect(notice).toBe(`The keys are those of ${path.join(folder, 'secrets.json')}.`)
})

test('where there are no keys, it says where they would be', () => {
  const { env, notice } = routerCommand([...SHOP, '--data', folder], {}, root)
  expect(env).toEqual({})
  expect(notice).toBe(
    `There is no ${path.join(folder, 'secrets.json')}, so the shop's subgraphs will refuse this router: npm start makes it, --data names another folder, and INTERNAL_TOKEN_MASTER_KEY gives the key itself.`,
  )
})

test.each([
  ['another graph', ['--supergraph', 'other.yaml'], {}],
  ['another graph, in one word', ['--supergraph=other.yaml'], {}],
  ['another graph by the environment', [], { SUPERGRAPH: './other.graphql' }],
  ['keys of its own', SHOP, { INTERNAL_TOKEN_MASTER_KEY: 'mine' }],
  ['a key set of its own', SHOP, { JWKS_URL: 'http://id.test/keys' }],
])('%s gets no key of the shop', (_, args, env) => {
  secretsOf(folder)
  expect(routerCommand([...args, '--data', folder], env, root)).toEqual({ args, env, notice: null })
})

test('the shop is known by its supergraph in one word, too, and by none', () => {
  secretsOf(folder)
  for (const args of [[`--supergraph=${path.join(root, 'supergraph.yaml')}`], []])
    expect(routerCommand([...args, `--data=${folder}`], {}, root)).toMatchObject({
      args,
      env: { ACCESS_TOKEN_ISSUER: 'argyle' },
    })
})

test('a shop without users has no key set', () => {
  secretsOf(folder)
  const supergraph = path.join(folder, 'supergraph.yaml')
  const reviews = { routing_url: 'http://localhost:4004/graphql', schema: { file: 'reviews.graphql' } }
  writeFileSync(supergraph, JSON.stringify({ subgraphs: { reviews } }))
  writeFileSync(path.join(folder, 'reviews.graphql'), 'type Query { a: Int }')
  expect(() => routerCommand(['--supergraph', supergraph, '--data', folder], {}, folder)).toThrow(
    new ShopFailure('supergraph.yaml has no subgraph users, whose key set verifies access tokens'),
  )
})

test('help begins with the option of this command, and takes no key', () => {
  secretsOf(folder)
  expect(routerCommand(['--help', '--data', folder], {}, root)).toEqual({
    args: ['--help'],
    env: {},
    notice: expect.stringContaining('--data FOLDER  the data folder of the running shop'),
  })
})

test('damaged secrets and a missing folder are reported', () => {
  writeFileSync(path.join(folder, 'secrets.json'), '{}')
  expect(() => routerCommand([...SHOP, '--data', folder], {}, root)).toThrow('is damaged')
  expect(() => routerCommand(['--data'], {}, root)).toThrow('--data needs a folder')
  expect(() => routerCommand(['--data='], {}, root)).toThrow('--data needs a folder')
  expect(() => routerCommand(['--data=a', '--data', 'b'], {}, root)).toThrow('--data is given more than once')
})
