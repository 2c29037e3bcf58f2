import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { root } from '../repository.ts'
import { linkFaults, unreachablePages } from './links.ts'
import { headingAnchors, linkTargets, markdownFiles } from './markdown.ts'

const files = markdownFiles(root)

test('all Markdown of the repository is looked at, and none of the packages', () => {
  const names = files.map(({ file }) => file)
  expect(names).toEqual(
    expect.arrayContaining(['README.md', 'docs/contracts/events.md', 'subgraphs/kit/README.md']),
  )
  expect(names.filter((name) => name.includes('node_modules'))).toEqual([])
})

test('every relative link of every page leads somewhere', () => {
  expect(files.flatMap(({ file, text }) => linkFaults(root, file, text))).toEqual([])
})

test('links lead from README.md to every page (docs/README.md is the map)', () => {
  expect(unreachablePages(files)).toEqual([])
})

test('a page is reached by several steps, and by the name of its folder', () => {
  const pages = [
    { file: 'README.md', text: '[map](docs/#pages)' },
    { file: 'docs/README.md', text: '[back](../README.md) [kit](../kit/notes.md)' },
    { file: 'docs/lonely.md', text: '[map](README.md)' },
    { file: 'kit/notes.md', text: '' },
  ]
  expect(unreachablePages(pages)).toEqual(['docs/lonely.md'])
})

let folder: string
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'argyle-links-'))
  mkdirSync(path.join(folder, 'docs'))
  writeFileSync(path.join(folder, 'docs/page.md'), '')
  writeFileSync(path.join(folder, 'docs/runbook.md'), '# Runbook\n\n## Is it well?\n')
  writeFileSync(path.join(folder, 'router.yaml'), '')
})
afterAll(() => rmSync(folder, { recursive: true }))

test.each([
  '[runbook](runbook.md)',
  '[a section](runbook.md#is-it-well)',
  '[this page](#here)',
  '[a folder](../docs/)',
  '[from the root](/router.yaml)',
  '[a line](../router.yaml#L3)',
  '[elsewhere](https://graphql.org/learn) <https://graphql.org> [mail](mailto:a@example.com)',
  '`[code](nowhere.md)`',
  '```md\n[code](nowhere.md)\n```',
])('%s leads somewhere', (text) => {
  expect(linkFaults(folder, 'docs/page.md', `# Here\n\n${text}\n`)).toEqual([])
})

test.each([
  ['[gone](gone.md)', 'gone.md does not exist'],
  ['![picture](gone.svg "Title")', 'gone.svg does not exist'],
  ['[named][it]\n\n[it]: gone.md', 'gone.md does not exist'],
  ['[in\ntwo lines](gone.md)', 'gone.md does not exist'],
  ['[section](runbook.md#gone)', 'runbook.md#gone is no heading of that file'],
  ['[section](#gone)', '#gone is no heading of that file'],
  ['[key](../router.yaml#http)', '../router.yaml#http has no headings'],
  ['[outside](../../elsewhere.md)', '../../elsewhere.md leaves the repository'],
  ['[nothing]()', 'an empty link names no place'],
])('%s leads nowhere', (text, fault) => {
  expect(linkFaults(folder, 'docs/page.md', text)).toEqual([`docs/page.md: ${fault}`])
})

test('links are found in order, code between them left out', () => {
  const text =
    'see [a](a.md), `x` and ``[b](b.md) ` `` or [c](c_(d).md)\n\n~~~\n[e](e.md)\n~~~\n\n[f]: f.md\n'
  expect(linkTargets(text)).toEqual(['a.md', 'c_(d).md', 'f.md'])
})

test('headings have the anchors that GitHub gives them', () => {
  const text =
    '# What `npm start` does\n## A & B, c\n```sh\n# no heading\n```\n### [Links](x.md) too ###\n## A & B, c\n'
  expect(headingAnchors(text)).toEqual(['what-npm-start-does', 'a--b-c', 'links-too', 'a--b-c-1'])
})
