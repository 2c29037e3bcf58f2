// Runs before each npm script, on whatever Node is first in PATH: uses syntax and APIs of Node 14.
import { existsSync, readFileSync, realpathSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const NODE = fileURLToPath(new URL('../node_modules/node', import.meta.url))
const WANTED = readFileSync(new URL('../package.json', import.meta.url), 'utf8')

/**
 * The reason why the scripts cannot run here, as one line that says what to do; null if they can.
 * @param {{ version: string, wanted: string, isInstalled: boolean, hasNode: boolean }} found `version` runs
 * this, `wanted` is pinned by package.json; `hasNode`: its program is in node_modules
 * @returns {string | null}
 */
export function faultOf({ version, wanted, isInstalled, hasNode }) {
  const major = (text) => Number(text.split('.')[0])
  if (!isInstalled) return 'The packages are not installed: run npm ci first.'
  if (major(version) >= major(wanted)) return null
  if (!hasNode)
    return `Node ${version} runs this, and the Node ${wanted} of the packages is not there, since their install scripts did not run: run npm ci without --ignore-scripts, or npm rebuild node.`
  return `Node ${version} runs this: use npm run, which takes the Node ${wanted} of the packages, or a Node of version ${major(wanted)} or newer.`
}

const isMain =
  process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)
if (isMain) {
  const fault = faultOf({
    version: process.versions.node,
    wanted: JSON.parse(WANTED).devDependencies.node,
    isInstalled: existsSync(NODE),
    hasNode: existsSync(`${NODE}/bin/node`),
  })
  if (fault !== null) {
    console.error(fault)
    process.exitCode = 1
  }
}
