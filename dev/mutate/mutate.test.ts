import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { root } from '../repository.ts'
import { tryMutants } from './mutate.ts'

const DISCOUNT = 'dev/prices/discount.ts'
const POSTAGE = 'dev/prices/postage.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-mutate-'))
  cpSync(path.join(import.meta.dirname, 'fixture'), folder, { recursive: true })
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('it lists the changes that no test notices, and leaves the files as they were', async () => {
  const textsOf = () => [DISCOUNT, POSTAGE].map((file) => readFileSync(path.join(folder, file), 'utf8'))
  const before = textsOf()
  const lines: string[] = []
  const listeners = new Set<number>()
  const print = (line: string) => {
    lines.push(line)
    listeners.add(process.listenerCount('SIGTERM'))
  }
  const survivors = await tryMutants({ folder: 'dev/prices', count: 6, seed: 5 }, folder, print)
  expect(survivors.map(({ file, line, from, to }) => [`${file}:${line}`, from, to])).toEqual([
    [`${DISCOUNT}:3`, 'total', "''"],
    [`${POSTAGE}:3`, '1000', '1001'],
  ])
  expect(lines[0]).toBe('6 of 16 changes of dev/prices, seed 5')
  expect(lines.at(-1)).toContain(`${POSTAGE}:3   constant  1000  →  1001`)
  expect(textsOf()).toEqual(before)
  // One of Vitest's would end the process before the copy is removed.
  expect(listeners.size).toBe(1)
})

test('after its signal is aborted, it tries no further change', async () => {
  const stop = new AbortController()
  const lines: string[] = []
  const print = (line: string) => {
    lines.push(line)
    stop.abort()
  }
  expect(await tryMutants({ folder: 'dev/prices', count: 6, seed: 5 }, folder, print, stop.signal)).toEqual(
    [],
  )
  expect(lines).toEqual(['6 of 16 changes of dev/prices, seed 5', '\n0 of 0 changes were noticed.'])
})

test('a repository whose tests fail without any change is refused', async () => {
  const broken = tryMutants({ folder: 'dev/prices', count: 1, seed: 1 }, folder, () =>
    rmSync(path.join(folder, DISCOUNT)),
  )
  await expect(broken).rejects.toThrow('dev/prices/discount.test.ts fails without any change')
})
