import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { bareDatabase } from '@argyle/kit/testing/bare-database'
import { expect, test } from 'vitest'
import { prismaEnvironment } from '../prisma-schema-engine/config.ts'
import { foldersWith, root } from '../repository.ts'

// Otherwise the next `migrate dev` would add SQL that drops something created by a migration.
test.each(foldersWith('prisma', 'schema.prisma'))(
  'the migrations of %s make what its schema.prisma says',
  async (name) => {
    const database = await bareDatabase()
    try {
      const child = spawn(process.execPath, ['dev/migrate.ts', name, 'diff'], {
        cwd: root,
        env: prismaEnvironment({ DATABASE_URL: database.url }),
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      expect((await text(child.stdout)).trim()).toBe('-- This is an empty migration.')
    } finally {
      await database.drop()
    }
  },
  120_000,
)
