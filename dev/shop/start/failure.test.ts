import { BadSettings } from '@argyle/kit/config'
import { expect, test } from 'vitest'
import { UsageError } from '../../../router/usage-error.ts'
import { StartFailure } from '../../../subgraphs/kit/service/start-failure.ts'
import { PostgresFailure } from '../../postgres/failure.ts'
import { SeedRefused } from '../../seed/seed-shop.ts'
import { lineFor, ShopFailure } from './failure.ts'

const systemError = (code: string, path: string) =>
  Object.assign(new Error(`${code}: refused, open '${path}'`), { code, path })

test.each([
  [new ShopFailure('port 4000 is in use'), 'port 4000 is in use'],
  [new PostgresFailure('/data is in use'), '/data is in use'],
  [new SeedRefused('start with --fresh'), 'start with --fresh'],
  [new UsageError('Cannot read router.yaml'), 'Cannot read router.yaml'],
  [new StartFailure('port 4001 is in use'), 'port 4001 is in use'],
  [new BadSettings('PORT is not set'), 'PORT is not set'],
])('%s is shown as it is', (error, line) => {
  expect(lineFor(error)).toBe(line)
})

test.each(['EACCES', 'EPERM', 'EROFS'])(
  'a missing permission (%s) names the place and what to do',
  (code) => {
    expect(lineFor(systemError(code, '/data/secrets.json'))).toBe(
      'no permission to use /data/secrets.json: give this user the folder (chown), or choose another with --data',
    )
  },
)

test.each(['ENOTDIR', 'EEXIST'])('a data folder that is none (%s) is named', (code) => {
  expect(lineFor(systemError(code, '/data'))).toBe(
    '/data is not a folder: choose another data folder with --data',
  )
})

test('a missing permission without a place is one of the data folder', () => {
  expect(lineFor(Object.assign(new Error('EACCES'), { code: 'EACCES' }))).toContain(
    'no permission to use a file of the data folder: ',
  )
})

test('a full disk is reported as such', () => {
  expect(lineFor(systemError('ENOSPC', '/data/secrets.json'))).toContain('no space is left on the disk')
})

test('an internal error is printed with its stack', () => {
  expect(lineFor(new TypeError('undefined is not a function'))).toBeNull()
  expect(lineFor(systemError('EIO', '/data'))).toBeNull()
  expect(lineFor('a string')).toBeNull()
})
