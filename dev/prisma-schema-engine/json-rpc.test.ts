import { PassThrough, Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { expect, test } from 'vitest'
import { answerRequests, type Methods } from './json-rpc.ts'

async function exchange(methods: Methods, ...lines: object[]): Promise<unknown[]> {
  const output = new PassThrough()
  await answerRequests(methods, Readable.from(lines.map((line) => `${JSON.stringify(line)}\n`)), output)
  output.end()
  return (await text(output))
    .trim()
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
}

const request = (id: number, method: string, params?: object) => ({ jsonrpc: '2.0', id, method, params })

test('requests are answered one after the other, in their order', async () => {
  const running: string[] = []
  const method = (name: string) => async () => {
    running.push(`${name} begins`)
    await new Promise(setImmediate)
    running.push(`${name} ends`)
    return name
  }
  const answers = await exchange({ a: method('a'), b: method('b') }, request(1, 'a'), request(2, 'b'))
  expect(running).toEqual(['a begins', 'a ends', 'b begins', 'b ends'])
  expect(answers).toEqual([
    { jsonrpc: '2.0', id: 1, result: 'a' },
    { jsonrpc: '2.0', id: 2, result: 'b' },
  ])
})

test('a method without a result answers null, and parameters left out are empty', async () => {
  const seen: unknown[] = []
  const answers = await exchange({ reset: async (params) => void seen.push(params) }, request(1, 'reset'))
  expect(answers).toEqual([{ jsonrpc: '2.0', id: 1, result: null }])
  expect(seen).toEqual([{}])
})

test('a failure carries the code, the details and whether the engine panicked', async () => {
  const refused = Object.assign(new Error('no such database'), { code: 'P1003', meta: { database: 'x' } })
  const panic = Object.assign(new Error('unreachable'), { name: 'RuntimeError' })
  const fail = (error: Error) => async () => Promise.reject(error)
  const answers = await exchange(
    { a: fail(refused), b: fail(panic) },
    request(1, 'a'),
    request(2, 'b'),
    request(3, 'c'),
  )
  expect(answers).toMatchObject([
    {
      id: 1,
      error: {
        data: { is_panic: false, message: 'no such database', error_code: 'P1003', meta: { database: 'x' } },
      },
    },
    { id: 2, error: { data: { is_panic: true, message: 'unreachable', meta: null } } },
    { id: 3, error: { code: -32601 } },
  ])
})

test('what a diff prints is sent before its answer; the answer to that is not taken for a request', async () => {
  const diff = async () => ({ exitCode: 0, stdout: 'CREATE TABLE' })
  const answers = await exchange({ diff }, request(4, 'diff'), { jsonrpc: '2.0', id: 1000004, result: {} })
  expect(answers).toEqual([
    { jsonrpc: '2.0', id: 1000004, method: 'print', params: { content: 'CREATE TABLE' } },
    { jsonrpc: '2.0', id: 4, result: { exitCode: 0, stdout: 'CREATE TABLE' } },
  ])
})
