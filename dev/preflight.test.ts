import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { environment } from '@argyle/kit/config'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { faultOf } from './preflight.mjs'
import { root } from './repository.ts'

const whole = { version: '26.10.0', wanted: '26.10.0', isInstalled: true, hasNode: true }

test.each([
  [whole, null],
  [{ ...whole, version: '27.0.0', hasNode: false }, null],
  [{ ...whole, isInstalled: false, hasNode: false }, 'The packages are not installed: run npm ci first.'],
  [
    { ...whole, version: '20.20.2', isInstalled: false, hasNode: false },
    'The packages are not installed: run npm ci first.',
  ],
  [
    { ...whole, version: '20.20.2', hasNode: false },
    'Node 20.20.2 runs this, and the Node 26.10.0 of the packages is not there, since their install scripts did not run: run npm ci without --ignore-scripts, or npm rebuild node.',
  ],
  [
    { ...whole, version: '20.20.2' },
    'Node 20.20.2 runs this: use npm run, which takes the Node 26.10.0 of the packages, or a Node of version 26 or newer.',
  ],
])('%j: %s', (found, line) => {
  expect(faultOf(found)).toBe(line)
})

let folder: string
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-preflight-'))
  for (const file of ['package.json', 'dev/preflight.mjs'])
    cpSync(path.join(root, file), path.join(folder, file))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('npm start before npm ci is one clear line', () => {
  const { status, stderr } = spawnSync('npm', ['start', '--silent'], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: environment().PATH },
  })
  expect(status).toBe(1)
  expect(stderr).toBe('The packages are not installed: run npm ci first.\n')
})

test('it passes once the packages are there', () => {
  mkdirSync(path.join(folder, 'node_modules/node'), { recursive: true })
  execFileSync(process.execPath, ['dev/preflight.mjs'], { cwd: folder })
})

test('every script that runs TypeScript looks first, and hands signals on', () => {
  const { scripts } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'))
  for (const [name, command] of Object.entries<string>(scripts))
    expect(command, name).toMatch(/^node dev\/preflight\.mjs && exec /)
})
