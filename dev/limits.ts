import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { sourceFiles } from './check/source-files.ts'
import { limitsPage } from './docs/limits.ts'
import { root } from './repository.ts'

writeFileSync(path.join(root, 'docs/limits.md'), limitsPage(sourceFiles(root)))
