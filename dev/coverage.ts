import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { byFolder, coverageSummary, coverageTable } from './coverage/by-folder.ts'
import { root } from './repository.ts'

// `npm run coverage`: runs all tests, or those of the arguments, and prints coverage by folder.
const SUMMARY = path.join(root, 'coverage', 'coverage-summary.json')

const args = process.argv.slice(2)
const isFolder = (arg: string) => statSync(path.join(root, arg), { throwIfNoEntry: false })?.isDirectory()
// With folders given, count only their files: all others would be uncovered.
const only = args.filter(isFolder).map((folder) => `--coverage.include=${path.join(folder, '**/*.{ts,mjs}')}`)

const HELP = `npm run coverage [-- FILTER... [options of vitest run]]

Runs the tests whose path holds one of the texts FILTER, all by default, and prints coverage by folder. Where a FILTER is a
folder, only its files count. The report by line is coverage/index.html.`

if (args.includes('--help')) {
  console.log(HELP)
  process.exit()
}

rmSync(SUMMARY, { force: true })
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
const child = spawn(process.execPath, [vitest, 'run', '--coverage', ...only, ...args], {
  cwd: root,
  stdio: 'inherit',
})
const [code] = await once(child, 'close')
process.exitCode = code ?? 1

if (existsSync(SUMMARY)) {
  const summary = coverageSummary.parse(JSON.parse(readFileSync(SUMMARY, 'utf8')))
  console.log(`\n${coverageTable(byFolder(summary, root))}\n\nline by line: coverage/index.html`)
} else {
  console.error('There is no coverage summary: the tests did not run to their end.')
  process.exitCode ||= 1
}
