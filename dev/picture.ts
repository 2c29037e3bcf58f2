import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { withPicture } from './readme/readme.ts'
import { root } from './repository.ts'

writeFileSync(path.join(root, 'README.md'), withPicture())
