import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'

const ours = ['*.ts', '{router,subgraphs,dev,bench}/**/*.ts']
const notOurs = /(^|\/)(node_modules|generated)(\/|$)/

/**
 * All TypeScript files of the repository except generated ones: path from the root, with slashes, and text.
 */
export function sourceFiles(root: string): { file: string; source: string }[] {
  return globSync(ours, { cwd: root, exclude: (file) => notOurs.test(file) })
    .map((file) => file.split(path.sep).join('/'))
    .sort()
    .map((file) => ({ file, source: readFileSync(path.join(root, file), 'utf8') }))
}
